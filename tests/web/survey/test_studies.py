"""Making, opening and closing studies, and choosing their images."""

import csv
import io

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Role, User
from catalog.models import Kind
from core.models import AuditEntry
from runs.local import run_here
from runs.models import Run
from survey import services
from survey.checks import opening_checks
from survey.errors import StudyRefused
from survey.models import Protocol, Session, State, Study, Use
from survey.protocol import Settings, sha256_of
from tests.web.factories import make_dataset, make_image, make_pair, make_run, make_user
from tests.web.survey.makers import (
    enter,
    finish,
    make_draft,
    make_open,
    prepare,
    stored_png,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def organiser() -> User:
    return make_user(Role.ORGANISER, Role.CURATOR)


@pytest.fixture
def owner(client: Client, organiser: User) -> Client:
    client.force_login(organiser)
    return client


def test_a_study_without_images_does_not_open(organiser: User) -> None:
    study = services.study_create(owner=organiser, name="Empty")
    with pytest.raises(StudyRefused, match="needs at least 2 real images"):
        services.study_open(study=study, by=organiser)
    study.refresh_from_db()
    assert study.state == State.DRAFT


def test_a_study_whose_images_are_not_prepared_does_not_open() -> None:
    study = make_draft(prepared=False)
    with pytest.raises(StudyRefused, match="not prepared yet"):
        services.study_open(study=study, by=study.owner)


def test_a_closed_study_does_not_open_again() -> None:
    study = make_open()
    services.study_close(study=study, by=study.owner)
    with pytest.raises(StudyRefused, match="closed does not become open"):
        services.study_open(study=study, by=study.owner)


@pytest.mark.parametrize("change", ["texts", "add", "remove", "prepare"])
def test_an_open_study_cannot_be_changed(change: str) -> None:
    study = make_open()
    with pytest.raises(StudyRefused, match="are fixed"):
        if change == "texts":
            services.study_update(study=study, by=study.owner, instructions="Say real.")
        elif change == "add":
            services.stimuli_add(study=study, by=study.owner, images=[make_image()])
        elif change == "remove":
            services.stimuli_remove(study=study, by=study.owner, numbers=[1])
        else:
            services.stimuli_prepare(study=study, by=study.owner)
    assert study.stimuli.filter(served__isnull=True).count() == 0


def test_a_change_that_comes_after_the_opening_does_not_take_it_back() -> None:
    study = make_draft()
    of_another_tab = Study.objects.get(pk=study.pk)
    services.study_open(study=study, by=study.owner)
    with pytest.raises(StudyRefused, match="are fixed"):
        services.study_update(study=of_another_tab, by=study.owner, instructions="Say real.")
    study.refresh_from_db()
    assert study.state == "open"
    assert study.instructions != "Say real."


def test_a_change_of_texts_leaves_images_that_were_prepared_meanwhile() -> None:
    study = make_draft(prepared=False)
    of_another_tab = Study.objects.get(pk=study.pk)
    services.stimuli_prepare(study=study, by=study.owner)
    services.study_update(study=of_another_tab, by=study.owner, instructions="Look.")
    run = study.stimuli_run
    study.refresh_from_db()
    assert run is not None
    assert study.stimuli_run == run
    assert study.instructions == of_another_tab.instructions == "Look."


def test_opening_freezes_the_protocol_with_its_images() -> None:
    study = make_draft()
    frozen = services.study_open(study=study, by=study.owner)
    assert study.state == State.OPEN
    assert frozen.sha256 == sha256_of(frozen.document)
    assert len(frozen.document["stimuli"]) == 8
    assert frozen.document["seed"] == "7"
    assert {one["truth"] for one in frozen.document["stimuli"]} == {"real", "artificial"}
    assert AuditEntry.objects.filter(action="study.opened").count() == 1
    assert Protocol.objects.count() == 1


def test_two_studies_of_one_owner_have_two_names(owner: Client, organiser: User) -> None:
    services.study_create(owner=organiser, name="Grains")
    form = owner.get(reverse("survey:new")).context["form"]
    filled = {name: form[name].value() for name in form.fields if form[name].value()}
    sent = filled | {"name": "Grains"}
    refused = owner.post(reverse("survey:new"), sent)
    assert refused.status_code == 422
    assert "a study of that name already" in refused.content.decode()
    made = owner.post(reverse("survey:new"), sent | {"name": "Other grains"})
    assert made.status_code == 302
    assert Study.objects.filter(owner=organiser).count() == 2


def test_both_answers_cannot_have_one_key(owner: Client) -> None:
    form = owner.get(reverse("survey:new")).context["form"]
    sent = {name: form[name].value() for name in form.fields if form[name].value()}
    sent |= {"name": "Keys", "key_real": "x", "key_artificial": "x"}
    refused = owner.post(reverse("survey:new"), sent)
    assert refused.status_code == 422
    assert "Both answers have the same key." in refused.content.decode()
    assert not Study.objects.exists()


# ---- images -------------------------------------------------------------------------------------


def test_what_cannot_be_added_is_named_and_the_rest_is_taken(organiser: User) -> None:
    study = services.study_create(owner=organiser, name="Grains")
    dataset = make_dataset(owner=organiser)
    good, blurred = make_image(dataset=dataset), make_image(dataset=dataset, name="blurred.png")
    blurred.excluded_reason = "out of focus"
    added = services.stimuli_add(study=study, by=organiser, images=[good, blurred, good])
    assert added.taken == 1
    assert added.refused == [
        ("blurred.png", "is excluded: out of focus"),
        (good.name, "is in the study already."),
    ]


def test_truth_comes_from_where_an_image_comes_from(organiser: User) -> None:
    study = services.study_create(owner=organiser, name="Grains")
    made = make_dataset(owner=organiser, kind=Kind.ARTIFICIAL, name="Diffusion")
    images = [make_image(dataset=make_dataset(owner=organiser)), make_image(dataset=made)]
    services.stimuli_add(study=study, by=organiser, images=images, pairs=[make_pair()])
    rows = study.stimuli.order_by("number").values_list("number", "truth", "arm")
    assert list(rows) == [
        (1, "real", ""),
        (2, "artificial", "Diffusion"),
        (3, "artificial", "physics"),
    ]


def test_another_choice_asks_for_another_preparation() -> None:
    study = make_draft()
    assert opening_checks(study=study).prepared
    services.stimuli_remove(study=study, by=study.owner, numbers=[1])
    assert study.stimuli.count() == 7
    assert not opening_checks(study=study).prepared
    prepare(study)
    services.study_update(study=study, by=study.owner, settings=Settings(zoom=False))
    assert opening_checks(study=study).prepared
    services.study_update(study=study, by=study.owner, settings=Settings(width_px=64))
    assert not opening_checks(study=study).prepared


def test_the_stage_makes_the_images_and_the_study_takes_them(organiser: User) -> None:
    study = make_draft(owner=organiser, real=2, artificial=0, prepared=False)
    small = make_image(dataset=make_dataset(owner=organiser), width_px=40, height_px=40)
    services.stimuli_add(study=study, by=organiser, images=[small])
    run = services.stimuli_prepare(study=study, by=organiser)
    assert study.stimuli_run == run
    done = run_here(run)
    assert done.status == "succeeded", done.problem
    one, two, refused = study.stimuli.order_by("number")
    assert one.served is not None
    assert two.served is not None
    assert one.served.size_bytes == two.served.size_bytes
    assert (one.width_px, one.height_px) == (96, 80)
    assert one.figures["phash"]
    assert "each side needs 64 px" in refused.problem
    assert not opening_checks(study=study).prepared or opening_checks(study=study).problems


def test_the_stage_is_told_numbers_and_nothing_that_says_what_is_real() -> None:
    study = make_draft(prepared=False)
    run = services.stimuli_prepare(study=study, by=study.owner)
    names = run.inputs.get().file_set.items.values_list("name", flat=True)  # type: ignore[union-attr]
    assert sorted(names) == [*(f"{n:04d}.png" for n in range(1, 9)), "micrographs.json"]


def test_results_of_a_run_that_is_not_the_study_s_any_more_are_left() -> None:
    study = make_draft()
    before = set(study.stimuli.values_list("served_id", flat=True))
    services.stimuli_take(run=make_run(stage="stimuli"))
    assert set(study.stimuli.values_list("served_id", flat=True)) == before


def test_checks_warn_of_uneven_counts() -> None:
    warnings = " ".join(opening_checks(study=make_draft(real=5, artificial=10)).warnings)
    assert "5 real against 10 artificial images is uneven" in warnings


def test_images_are_chosen_by_filter_by_hand_and_by_chance(owner: Client, organiser: User) -> None:
    study = services.study_create(owner=organiser, name="Grains")
    dataset = make_dataset(owner=organiser)
    titania = [make_image(dataset=dataset, material="titania") for _ in range(4)]
    make_image(dataset=dataset, material="zinc oxide")
    address = reverse("survey:images", args=[study.pk])
    source = f"dataset-{dataset.pk}"
    page = owner.get(address, {"source": source, "material": "titania"}).content.decode()
    assert page.count('name="pick"') == 4
    add = reverse("survey:images-add", args=[study.pk])
    owner.post(add, {"source": source, "ticked": "yes", "pick": [str(titania[0].pk), "x"]})
    drawn = {"source": source, "material": "titania", "draw": "yes", "count": "2"}
    owner.post(add, drawn)
    names = set(study.stimuli.values_list("source_name", flat=True))
    assert len(names) == 3
    assert names <= {image.name for image in titania}
    owner.post(reverse("survey:images-change", args=[study.pk]), {"pick": ["1"]})
    assert study.stimuli.count() == 2


def test_images_of_a_run_can_be_chosen(owner: Client, organiser: User) -> None:
    study = services.study_create(owner=organiser, name="Grains")
    run: Run = make_run(owner=organiser)
    pair = make_pair(run=run)
    page = owner.get(reverse("survey:images", args=[study.pk]), {"source": f"run-{run.pk}"})
    assert reverse("survey:pair-image", args=[pair.pk]) in page.content.decode()
    sent = {"source": f"run-{run.pk}", "ticked": "yes", "pick": [str(pair.pk)]}
    owner.post(reverse("survey:images-add", args=[study.pk]), sent)
    assert study.stimuli.get().pair == pair


def test_a_draft_s_page_says_what_is_next_in_every_state(owner: Client, organiser: User) -> None:
    study = make_draft(owner=organiser, prepared=False)
    where = reverse("survey:study", args=[study.pk])

    def page() -> str:
        return owner.get(where).content.decode()

    assert "Prepare the images" in page()
    owner.post(reverse("survey:images-prepare", args=[study.pk]))
    study.refresh_from_db()
    run = study.stimuli_run
    assert run is not None
    working = page()
    assert "being made alike" in working
    assert "every 2s" in working
    assert "Prepare the images" not in working
    Run.objects.filter(pk=run.pk).update(status="failed", problem="The disk is full.")
    failed = page()
    assert "could not be made alike. The disk is full." in failed
    assert "every 2s" not in failed
    assert "Prepare the images" in failed
    prepare(study)
    assert "Open the study" in page()


def test_the_part_that_changes_is_sent_alone(owner: Client, organiser: User) -> None:
    study = make_open(owner=organiser)
    where = reverse("survey:progress", args=[study.pk])
    part = owner.get(where, headers={"HX-Request": "true"}).content.decode()
    assert "Nobody has begun yet." in part
    assert "<html" not in part
    assert "every 10s" in part
    services.study_close(study=study, by=organiser)
    part = owner.get(where, headers={"HX-Request": "true"}).content.decode()
    assert "hx-trigger" not in part


# ---- previews, links, results -------------------------------------------------------------------


def test_a_preview_shows_what_raters_see_and_leaves_nothing(owner: Client, organiser: User) -> None:
    study = make_draft(owner=organiser)
    response = owner.post(reverse("survey:preview", args=[study.pk]))
    assert "Preview" in owner.get(response.headers["Location"]).content.decode()
    owner.post(reverse("survey:take-consent", args=[study.code]), {"agreed": "yes"})
    session = Session.objects.get()
    assert session.kind == Session.Kind.PREVIEW
    owner.post(reverse("survey:take-begin", args=[study.code]))
    finish(owner, study)
    services.study_open(study=study, by=organiser)
    assert not Session.objects.exists()


def test_links_are_shown_once_and_only_their_hash_is_kept(owner: Client, organiser: User) -> None:
    study = make_open(owner=organiser)
    sent = {"kind": "personal", "count": "3", "quota": "1", "label": "Group"}
    page = owner.post(reverse("survey:invite", args=[study.pk]), sent).content.decode()
    assert page.count("/survey/join/") == 3
    again = owner.get(reverse("survey:study", args=[study.pk])).content.decode()
    assert "/survey/join/" not in again
    assert "Group 3" in again


def test_a_link_that_was_taken_back_lets_nobody_in(owner: Client, organiser: User) -> None:
    study = make_open(owner=organiser)
    (invitation, token), *_ = services.invitation_create(
        study=study, by=organiser, kind="open", quota=5
    )
    owner.post(reverse("survey:revoke", args=[study.pk, invitation.pk]))
    refused = Client().get(reverse("survey:join", args=[token]))
    assert refused.status_code == 404
    assert "not known, or was taken back" in refused.content.decode()


def test_the_table_has_a_row_a_presentation_and_no_formula(owner: Client, organiser: User) -> None:
    study = make_open(owner=organiser, name="=1+1")
    client, session = enter(study)
    finish(client, study)
    enter(study)
    services.study_close(study=study, by=organiser)
    response = owner.get(reverse("survey:results-csv", args=[study.pk, "answers"]))
    text = b"".join(response.streaming_content).decode()  # type: ignore[attr-defined]
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == 16
    mine = [row for row in rows if row["rater"] == session.pseudonym]
    assert [int(row["position"]) for row in mine] == list(range(1, 9))
    assert {row["correct"] for row in mine} == {"0", "1"}
    others = [row for row in rows if row["rater"] != session.pseudonym]
    assert {row["decision"] for row in others} == {""}
    assert others[0]["session_state"] == "started"


# ---- the game -----------------------------------------------------------------------------------


def make_game(**fields: object) -> Study:
    return make_open(use=Use.GAME, real=6, artificial=7, **fields)


def test_visitors_play_only_where_the_owner_allows_it() -> None:
    make_game()
    address = reverse("survey:can-you-tell")
    assert reverse("accounts:sign-in") in Client().get(address).headers["Location"]
    assert not Session.objects.exists()
    make_game(visitors_allowed=True)
    assert Client().get(address).status_code == 200
    assert Client().post(address).status_code == 302


def test_a_game_of_ten_ends_with_d_prime_criterion_and_which_were_which() -> None:
    study = make_game(visitors_allowed=True)
    client = Client()
    response = client.post(reverse("survey:can-you-tell"))
    assert response.headers["Location"] == reverse("survey:take", args=[study.code])
    session = Session.objects.get()
    truths = session.presentations.values_list("stimulus__truth", flat=True)
    assert sorted(truths) == ["artificial"] * 5 + ["real"] * 5
    end = reverse("survey:take-end", args=[study.code])
    assert "Which were which" not in client.get(end).content.decode()
    finish(client, study)
    page = client.get(end).content.decode()
    assert "5 of 10 right" in page
    assert "Which were which" in page
    assert "d-prime" in page
    token = session.presentations.get(position=4).token
    shown = client.get(reverse("survey:take-image", args=[study.code, token]))
    assert shown.content.startswith(stored_png(1)[:8])


def test_a_game_enters_no_study_and_no_study_is_a_game(owner: Client, organiser: User) -> None:
    make_open(owner=organiser)
    assert "No images are set out yet" in owner.get(reverse("survey:can-you-tell")).content.decode()
    game = make_game(owner=organiser)
    owner.post(reverse("survey:can-you-tell"))
    finish(owner, game)
    services.study_close(study=game, by=organiser)
    page = owner.get(reverse("survey:results", args=[game.pk])).content.decode()
    assert "nothing of it is analysed" in page
    assert not game.analyses.exists()
    with pytest.raises(StudyRefused, match="needs no invitation"):
        services.invitation_create(study=game, by=organiser, kind="open")
