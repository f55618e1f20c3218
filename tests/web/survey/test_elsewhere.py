"""Threat 20: raters with an account who could know, by whatever this installation showed them."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Role, User
from accounts.services import share
from catalog.models import Image
from catalog.services import version_freeze
from core.access import Visibility
from review.models import Review
from runs.models import Artifact, ImageOrigin, Pair, RunInput, Sample
from survey import services
from survey.export.tables import csv_text
from survey.models import Event, Judgement, Stimulus, Study
from survey.selectors.knowing import Looks, knowledge_of
from survey.services.analyses import options_json
from survey.statistics.exclusions import Rules, exclusions, marked
from survey.statistics.reading import read_answers
from survey.statistics.tidy import tidied
from tests.web.factories import make_dataset, make_image, make_pair, make_run, make_user
from tests.web.survey.makers import (
    add_practice,
    enter,
    finish,
    make_draft,
    make_open,
    payload,
    plan,
    prepare,
    send,
)

pytestmark = pytest.mark.django_db


def real(study: Study) -> Any:
    return study.stimuli.filter(image__isnull=False)[0].image


def artificial(study: Study) -> Any:
    return study.stimuli.filter(pair__isnull=False)[0].pair


def with_artificial_of_a_dataset(user: User) -> Study:
    """A study whose first artificial image was put into a dataset; a run of `user` made it."""
    study = make_draft(prepared=False)
    dataset = make_dataset(owner=study.owner, name="Generated", kind="artificial")
    image = make_image(dataset=dataset)
    ImageOrigin.objects.create(image=image, run=make_run(owner=user))
    services.stimuli_add(study=study, by=study.owner, images=[image])
    prepare(study)
    services.study_open(study=study, by=study.owner)
    return study


def dataset_is_shared(study: Study, user: User) -> None:
    owner = real(study).dataset.owner
    share(obj=real(study).dataset, by=owner, visibility=Visibility.SHARED, people=[user])


def dataset_was_shared(study: Study, user: User) -> None:
    dataset_is_shared(study, user)
    owner = real(study).dataset.owner
    share(obj=real(study).dataset, by=owner, visibility=Visibility.PRIVATE)


def same_file_in_a_dataset(study: Study, user: User) -> None:
    make_image(dataset=make_dataset(owner=user), file=real(study).file)


def same_pixels_in_a_dataset(study: Study, user: User) -> None:
    make_image(dataset=make_dataset(owner=user), view=real(study).view)


def same_look_in_a_dataset(study: Study, user: User) -> None:
    type(real(study)).objects.filter(pk=real(study).pk).update(phash="0123456789abcdef")
    make_image(dataset=make_dataset(owner=user), phash="0123456789abcdef")


def artificial_one_in_a_dataset(study: Study, user: User) -> None:
    make_image(dataset=make_dataset(owner=user), file=artificial(study).image)


def brought_it_here(study: Study, user: User) -> None:
    type(real(study)).objects.filter(pk=real(study).pk).update(added_by=user)


def run_is_shared(study: Study, user: User) -> None:
    run = artificial(study).run
    share(obj=run, by=run.owner, visibility=Visibility.SHARED, people=[user])


def another_run_made_the_same(study: Study, user: User) -> None:
    make_pair(run=make_run(owner=user), image=artificial(study).image)


def scenes_are_shared(study: Study, user: User) -> None:
    run = artificial(study).scene_run
    share(obj=run, by=run.owner, visibility=Visibility.SHARED, people=[user])


def artifact_of_a_run(study: Study, user: User) -> None:
    run = make_run(owner=user)
    Artifact.objects.create(run=run, path="a.png", role="image", file=real(study).file)


def sample_of_a_run(study: Study, user: User) -> None:
    run = make_run(owner=user)
    Sample.objects.create(run=run, path="a.png", caption="Step 1", file=artificial(study).image)


def run_read_the_version(study: Study, user: User) -> None:
    dataset = real(study).dataset
    version = version_freeze(dataset=dataset, by=dataset.owner)
    RunInput.objects.create(run=make_run(owner=user), field="images", version=version)


def run_read_the_artificial_ones(study: Study, user: User) -> None:
    source = artificial(study).run
    RunInput.objects.create(run=make_run(owner=user), field="images", source_run=source)


def in_a_review(study: Study, user: User) -> None:
    run = make_run(owner=study.owner, stage="segment")
    review = Review.objects.create(owner=user, run=run, title="Sizes")
    view = real(study).view
    review.items.create(name="a", image=real(study), view=view, width_px=96, height_px=80)


def has_chosen_it_too(study: Study, user: User) -> None:
    own = services.study_create(owner=user, name="Mine")
    services.stimuli_add(study=own, by=user, images=[real(study)])


def closed_study_told(study: Study, user: User) -> None:
    other = services.study_create(owner=study.owner, name="Before")
    images = Image.objects.filter(stimuli__study=study)
    pairs = Pair.objects.filter(stimuli__study=study)
    services.stimuli_add(study=other, by=study.owner, images=images, pairs=pairs)
    prepare(other)
    services.study_open(study=other, by=study.owner)
    services.study_close(study=other, by=study.owner)
    share(obj=other, by=study.owner, visibility=Visibility.SHARED, people=[user])


def practised_with_it(study: Study, user: User) -> None:
    other = make_draft(owner=study.owner, prepared=False)
    add_practice(other, count=1)
    prepare(other)
    services.study_open(study=other, by=study.owner)
    # Such a practice does not open any more; one of before may be open.
    same = study.stimuli.get(image=real(study)).served
    other.stimuli.filter(use=Stimulus.Use.PRACTICE).update(served=same)
    client = Client()
    client.force_login(user)
    enter(other, client=client)
    token = plan(client, other)["next"][0]["token"]
    assert "feedback" in send(client, other, payload(token)).json()


def has_looked_at_the_key(study: Study, user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_superuser=True, is_organiser=True)
    client = Client()
    client.force_login(user)
    assert client.get(reverse("survey:images", args=[study.pk])).status_code == 200
    User.objects.filter(pk=user.pk).update(is_superuser=False)


WAYS: tuple[tuple[Callable[[Study, User], None], str, int], ...] = (
    (dataset_is_shared, "dataset", 4),
    (dataset_was_shared, "dataset", 4),
    (same_file_in_a_dataset, "dataset", 1),
    (same_pixels_in_a_dataset, "dataset", 1),
    (same_look_in_a_dataset, "dataset", 1),
    (artificial_one_in_a_dataset, "dataset", 1),
    (brought_it_here, "dataset", 1),
    (run_is_shared, "run", 4),
    (another_run_made_the_same, "run", 1),
    (scenes_are_shared, "run", 1),
    (artifact_of_a_run, "run", 1),
    (sample_of_a_run, "run", 1),
    (run_read_the_version, "run", 4),
    (run_read_the_artificial_ones, "run", 4),
    (in_a_review, "review", 1),
    (has_chosen_it_too, "other-key", 1),
    (closed_study_told, "results", 8),
    (practised_with_it, "practice", 1),
    (has_looked_at_the_key, "key", 8),
)


@pytest.mark.parametrize(
    ("happens", "way", "images"), WAYS, ids=[happens.__name__ for happens, _, _ in WAYS]
)
def test_threat_20_every_way_to_know_an_image_marks_the_rater(
    happens: Callable[[Study, User], None], way: str, images: int
) -> None:
    study, user, stranger = make_open(), make_user(Role.ANALYST), make_user(Role.ANALYST)
    assert knowledge_of(study=study, user=user).images == 0
    happens(study, user)
    known = knowledge_of(study=study, user=User.objects.get(pk=user.pk))
    assert known.json == {"images": images, "total": 8, "ways": {way: images}}
    assert knowledge_of(study=study, user=stranger).images == 0
    client = Client()
    client.force_login(user)
    assert enter(study, client=client)[1].saw_images_possible


def test_threat_20_who_made_an_artificial_image_of_a_dataset_is_marked() -> None:
    maker = make_user(Role.ANALYST)
    study = with_artificial_of_a_dataset(maker)
    assert knowledge_of(study=study, user=maker).json["ways"] == {"run": 1}


def test_threat_20_owner_and_administrator_have_the_key() -> None:
    study = make_open()
    admin = make_user(Role.ANALYST, is_superuser=True)
    for user in (study.owner, admin):
        assert knowledge_of(study=study, user=user).ways["key"] == 8


def test_threat_20_practice_images_are_outside_the_set_and_mark_nobody() -> None:
    study, user = make_open(practice=2), make_user(Role.ANALYST)
    practice = study.stimuli.filter(use=Stimulus.Use.PRACTICE)[0]
    make_image(dataset=make_dataset(owner=user), file=practice.source)
    assert knowledge_of(study=study, user=user).images == 0


def test_threat_20_what_is_shared_in_the_middle_marks_at_the_next_page_or_last_answer() -> None:
    study = make_open(real=2, artificial=2)
    for at_the_end in (False, True):
        user, client = make_user(Role.ANALYST), Client()
        client.force_login(user)
        _, session = enter(study, client=client)
        assert not session.saw_images_possible
        same_file_in_a_dataset(study, user)
        if at_the_end:
            finish(client, study)
        else:
            client.get(reverse("survey:take", args=[study.code]))
        session.refresh_from_db()
        assert session.saw_images_possible


def test_threat_20_signing_in_beside_a_session_by_link_marks_it() -> None:
    study, user, client = make_open(), make_user(Role.ANALYST), Client()
    same_file_in_a_dataset(study, user)
    _, session = enter(study, client=client)
    assert not session.saw_images_possible
    client.force_login(user)
    client.get(reverse("survey:take", args=[study.code]))
    session.refresh_from_db()
    assert session.saw_images_possible


def test_threat_20_the_closing_looks_once_more_before_accounts_are_cut_off() -> None:
    study, user, client = make_open(), make_user(Role.ANALYST), Client()
    client.force_login(user)
    _, session = enter(study, client=client)
    same_file_in_a_dataset(study, user)
    services.study_close(study=study, by=study.owner)
    session.refresh_from_db()
    assert session.saw_images_possible
    assert session.rater is None


def test_threat_20_the_mark_stays_and_the_log_says_each_finding_once() -> None:
    study, user, client = make_open(), make_user(Role.ANALYST), Client()
    same_file_in_a_dataset(study, user)
    client.force_login(user)
    _, session = enter(study, client=client)
    for _ in range(3):
        client.get(reverse("survey:take", args=[study.code]))
    assert session.events.filter(kind="may-know").count() == 1
    dataset_is_shared(study, user)
    client.get(reverse("survey:take", args=[study.code]))
    events = session.events.filter(kind="may-know").order_by("pk")
    assert [event.details["images"] for event in events] == [1, 4]


def test_threat_20_the_monitor_says_how_many_images_and_nothing_of_answers_or_names() -> None:
    study, user, client = make_open(), make_user(Role.ANALYST, name="anna"), Client()
    make_image(dataset=make_dataset(owner=user, name="Annas gold"), file=real(study).file)
    run_is_shared(study, user)
    client.force_login(user)
    enter(study, client=client)
    finish(client, study)
    owner = Client()
    owner.force_login(study.owner)
    page = owner.get(reverse("survey:monitor", args=[study.pk])).content.decode()
    assert "May know 5 of 8 images, from a dataset and a run" in page
    for word in ("anna", "Annas gold", "secret-run", "d-prime", "Hits"):
        assert word not in page
    table = owner.get(reverse("survey:monitor-csv", args=[study.pk])).content.decode()
    assert "May know 5 of 8 images, from a dataset and a run" in table


def test_threat_20_after_the_closing_the_ways_are_forgotten_and_the_count_stays() -> None:
    study, client = make_open(), Client()
    client.force_login(study.owner)
    _, session = enter(study, client=client)
    services.study_close(study=study, by=study.owner)
    assert [event.details for event in session.events.filter(kind="may-know")] == [
        {"images": 8, "total": 8}
    ]
    page = client.get(reverse("survey:monitor", args=[study.pk])).content.decode()
    assert "May know 8 of 8 images<" in page, "and not that it was the study's owner"


def test_threat_20_after_the_closing_nobody_is_marked_by_what_is_shown_then() -> None:
    study, user, client = make_open(real=2, artificial=2), make_user(Role.ANALYST), Client()
    client.force_login(user)
    _, session = enter(study, client=client)
    sent = [payload(one.token) for one in session.presentations.order_by("position")]
    for one in sent:
        assert send(client, study, one).status_code == 200
    unfinished, other = Client(), make_user(Role.ANALYST)
    unfinished.force_login(other)
    _, on_the_way = enter(study, client=unfinished)
    services.study_close(study=study, by=study.owner)
    for person in (user, other):
        dataset_is_shared(study, person)
    # A browser sends its last answer once more, and somebody loads the page again.
    assert send(client, study, sent[-1]).status_code == 200
    for browser, its in ((client, session), (unfinished, on_the_way)):
        browser.get(reverse("survey:take", args=[study.code]))
        services.knowledge_note(session=its, user=user)  # the study as it was read before
    assert marks_of(study) == []
    assert not study.sessions.filter(saw_images_possible=True).exists()


def test_threat_20_a_look_that_ends_after_the_closing_notes_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    study, user, client = make_open(), make_user(Role.ANALYST), Client()
    client.force_login(user)
    _, session = enter(study, client=client)

    def look(study: Study) -> Looks:
        monkeypatch.undo()
        services.study_close(study=Study.objects.get(pk=study.pk), by=study.owner)
        dataset_is_shared(study, user)
        return Looks(study)

    monkeypatch.setattr("survey.services.knowing.Looks", look)
    services.knowledge_note(session=session, user=user)
    session.refresh_from_db()
    assert not session.saw_images_possible
    assert marks_of(study) == []


def marks_of(study: Study) -> list[Any]:
    events = Event.objects.filter(session__study=study, kind="may-know")
    return list(events.order_by("pk").values_list("session", "details"))


def test_threat_20_a_rater_is_not_told_how_many_images_they_could_know() -> None:
    study, user, client = make_open(), make_user(Role.ANALYST), Client()
    dataset_is_shared(study, user)
    client.force_login(user)
    enter(study, client=client)
    for name in ("take", "take-plan", "take-end", "take-own-data", "take-own-table"):
        text = client.get(reverse(f"survey:{name}", args=[study.code])).content.decode()
        assert "may-know" not in text
        assert "ways" not in text
    data = json.loads(client.get(reverse("survey:take-own-data", args=[study.code])).content)
    assert data["could_see_images_elsewhere"] is True


def test_threat_20_the_plan_leaves_out_who_is_marked() -> None:
    study, user = make_open(), make_user(Role.ANALYST)
    same_file_in_a_dataset(study, user)
    client = Client()
    client.force_login(user)
    for one in (client, Client()):
        finish(enter(study, client=one)[0], study)
    services.study_close(study=study, by=study.owner)
    answers, _ = tidied(read_answers(io.StringIO(csv_text(study=study, table="answers"))))
    rules = Rules(**options_json(study)["rules"])
    (left_out,) = exclusions(marked(answers, rules))
    assert left_out.rater == study.sessions.get(saw_images_possible=True).pseudonym
    assert left_out.why == "could see the images elsewhere"


def test_threat_20_erasing_after_the_closing_leaves_the_mark_and_no_way() -> None:
    study, user, client = make_open(), make_user(Role.ANALYST), Client()
    same_file_in_a_dataset(study, user)
    client.force_login(user)
    _, session = enter(study, client=client)
    finish(client, study)
    services.study_close(study=study, by=study.owner)
    session.refresh_from_db()
    services.session_erase(session=session)
    session.refresh_from_db()
    assert session.saw_images_possible
    assert set(map(str, session.events.values_list("details", flat=True))) == {"{}"}
    assert Judgement.objects.filter(presentation__session=session).count() == 8
