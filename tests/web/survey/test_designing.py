"""Designing a study: its form, its images drawn and matched, copies, and what is told of it."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Role, User
from core.access import Visibility
from runs.lineage_of import lineage_of
from runs.local import run_here
from runs.models import Run
from survey import services
from survey.drawing import Drawable, balanced_draw
from survey.errors import StudyRefused
from survey.models import State, Stimulus, Study
from survey.plan import Plan
from survey.protocol import INSTRUCTIONS, QUESTIONS, Settings
from survey.selectors.balance import balance_of, chosen_of
from tests.web.factories import make_dataset, make_image, make_pair, make_run, make_user
from tests.web.survey.makers import enter, finish, make_draft, make_open, prepare

pytestmark = pytest.mark.django_db


@pytest.fixture
def organiser() -> User:
    return make_user(Role.ORGANISER, Role.CURATOR)


@pytest.fixture
def owner(client: Client, organiser: User) -> Client:
    client.force_login(organiser)
    return client


def filled(client: Client, **changes: Any) -> dict[str, Any]:
    """The form as a browser sends it, with its own defaults."""
    form = client.get(reverse("survey:new")).context["form"]
    own = {name: form[name].value() for name in form.fields}
    return {k: v for k, v in (own | {"name": "Study"} | changes).items() if v not in (None, False)}


# ---- the form -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "changes", "says"),
    [
        ("attention", {"task": "pairs", "attention": 2}, "with pairs there are none"),
        ("task", {"task": "pairs", "use": "game"}, "shows one image at a time"),
        ("failed_attention", {"failed_attention": 1}, "only 0 attention pictures"),
        ("leave_out_seen", {"leave_out_seen": "on", "ask_seen": ""}, "Nobody is asked for it"),
        ("questions", {"questions": "Do you?"}, "needs 2 to 12 answers"),
        ("questions", {"questions": "Do you? | Yes | Yes"}, "an answer twice"),
        ("questions", {"questions": "Q? | (text)\n" * 21}, "20 questions at most"),
        ("exposure_ms", {"exposure_ms": "3"}, "greater than or equal to 50"),
        ("shortcut_limit", {"shortcut_limit": "1.5"}, "less than or equal to 1.0"),
        ("margin", {"margin": "0.6"}, "less than or equal to 0.25"),
    ],
)
def test_what_contradicts_itself_is_said_at_its_place(
    owner: Client, field: str, changes: dict[str, Any], says: str
) -> None:
    refused = owner.post(reverse("survey:new"), filled(owner, **changes))
    assert refused.status_code == 422
    assert says in str(refused.context["form"].errors[field])
    page = refused.content.decode()
    assert '<details class="card" open>' in page
    assert "1 to correct" in page
    assert not Study.objects.exists()


def test_the_form_as_it_comes_is_a_study_with_the_defaults(owner: Client) -> None:
    owner.post(reverse("survey:new"), filled(owner))
    study = Study.objects.get()
    assert Settings.of(study) == Settings()
    assert (study.plan["margin"], study.plan["leave_out_could_know"]) == (0.05, True)
    assert study.plan["leave_out_constant"] is False


def test_protocol_and_plan_are_set_and_shown_again(owner: Client) -> None:
    changes = {
        "task": "pairs", "exposure_ms": 500, "repeats": 3, "images_per_rater": 20, "ask_seen": "on",
        "leave_out_seen": "on", "margin": "0.1", "hypothesis": "Nobody can tell.",
        "results_for": "organiser", "bars": "mark", "shortcut_limit": "0.9", "own_score": "",
        "leave_out_unfinished": "",
    }  # fmt: skip
    owner.post(reverse("survey:new"), filled(owner, **changes))
    study = Study.objects.get()
    settings = Settings.of(study)
    assert (settings.task, settings.exposure_ms, settings.repeats) == ("pairs", 500, 3)
    assert (settings.bars, settings.shortcut_limit, settings.own_score) == ("mark", 0.9, False)
    assert (study.plan["margin"], study.plan["leave_out_seen"]) == (0.1, True)
    assert study.plan["leave_out_unfinished"] is False
    again = owner.get(reverse("survey:edit", args=[study.pk])).context["form"]
    assert again["hypothesis"].value() == "Nobody can tell."
    assert again["images_per_rater"].value() == 20


def test_instructions_that_nobody_wrote_fit_the_task_and_the_exposure(owner: Client) -> None:
    owner.post(reverse("survey:new"), filled(owner, task="pairs", exposure_ms=500))
    study = Study.objects.get()
    for told in ("two at a time", "Say which one is artificial", "is shown for 0.5 s"):
        assert told in study.instructions
    for wrong in ("one at a time", "Take the time you need"):
        assert wrong not in study.instructions
    form = owner.get(reverse("survey:edit", args=[study.pk])).context["form"]
    as_it_came = {name: form[name].value() for name in form.fields}
    sent = {k: v for k, v in as_it_came.items() if v not in (None, False)}
    sent["instructions"] = sent["instructions"].replace("\n", "\r\n")  # as browsers send it
    owner.post(
        reverse("survey:edit", args=[study.pk]), sent | {"task": "yes-no", "exposure_ms": ""}
    )
    study.refresh_from_db()
    assert study.instructions == INSTRUCTIONS
    own = {"instructions": "Look at the edges.", "exposure_ms": 200}
    owner.post(reverse("survey:edit", args=[study.pk]), sent | own)
    study.refresh_from_db()
    assert study.instructions == "Look at the edges."


def test_questions_are_lines_and_keep_their_columns(owner: Client) -> None:
    lines = [
        "Years of practice? | (number)",
        f"{QUESTIONS[1].text} | Never | Often",
        "Years of practice? | (text)",
        "",
        f"{QUESTIONS[0].text} | {' | '.join(QUESTIONS[0].options)}",
    ]
    owner.post(reverse("survey:new"), filled(owner, questions="\n".join(lines)))
    asked = Settings.of(Study.objects.get()).questions
    assert [(one.key, one.kind) for one in asked] == [
        ("years_of_practice", "number"),
        (QUESTIONS[1].key, "choice"),
        ("years_of_practice_2", "text"),
        (QUESTIONS[0].key, "choice"),
    ]
    assert asked[3] == QUESTIONS[0]
    shown = owner.get(reverse("survey:edit", args=[Study.objects.get().pk])).context["form"]
    assert shown["questions"].value().splitlines() == [line for line in lines if line]


# ---- choosing -----------------------------------------------------------------------------------


def drawable(number: int, arm: str, shape: str, material: str = "-") -> Drawable:
    return Drawable(key=("image", number), arm=arm, shape=shape, material=material)


def test_a_draw_is_even_over_arms_then_shapes_then_materials() -> None:
    images = [
        drawable(n, arm, shape, material)
        for n, (arm, shape, material) in enumerate(
            [("gan", "cube", "a")] * 50
            + [("gan", "grain", "b")] * 30
            + [("physics", "grain", "a")] * 9
            + [("physics", "grain", "b")] * 40
        )
    ]
    drawn = balanced_draw(images, count=16, seed=1)
    assert Counter(one.arm for one in drawn) == {"gan": 8, "physics": 8}
    assert Counter((one.arm, one.shape) for one in drawn)["gan", "cube"] == 4
    assert Counter(one.material for one in drawn if one.arm == "physics") == {"a": 4, "b": 4}
    assert drawn == balanced_draw(list(reversed(images)), count=16, seed=1)
    assert drawn != balanced_draw(images, count=16, seed=2)
    assert len(balanced_draw(images, count=500, seed=1)) == len(images)


def test_several_generators_are_drawn_against_one_real_set(owner: Client, organiser: User) -> None:
    study = services.study_create(owner=organiser, name="Arms")
    dataset = make_dataset(owner=organiser)
    for shape in ("cube", "grain") * 4:
        make_image(dataset=dataset, shape=shape, material="titania")
    runs = [make_run(owner=organiser) for _ in range(2)]
    for run, arm in zip(runs, ("physics", "cyclegan"), strict=True):
        for _ in range(6):
            make_pair(run=run, generator=arm)
    sources = [f"dataset-{dataset.pk}", *(f"run-{run.pk}" for run in runs)]
    sent = {"sources": sources, "artificial": 6, "real": 9, "use": "main"}
    where = reverse("survey:images-draw", args=[study.pk])
    page = owner.post(where, sent, follow=True).content.decode()
    assert "These sources have 1 real image too few." in page
    lines = {line.name: line for line in balance_of(chosen_of(study=study)).lines}
    assert {name: line.total for name, line in lines.items()} == {
        "Real": 8, "physics": 3, "cyclegan": 3,
    }  # fmt: skip
    assert "Balance" in page
    for heading in ("cube, titania", "grain, titania", "shape and material not stated"):
        assert f">{heading}</th>" in page
    foreign = sent | {"sources": [f"run-{make_pair().run_id}"]}
    assert "From:" in owner.post(where, foreign, follow=True).content.decode()


def test_an_image_that_two_sources_hold_is_drawn_once_and_made_up_for(
    owner: Client, organiser: User
) -> None:
    study = services.study_create(owner=organiser, name="Twice")
    first, second = make_dataset(owner=organiser), make_dataset(owner=organiser, name="Again")
    for number in range(6):
        file = make_image(dataset=first).file
        if number < 5:
            make_image(dataset=second, file=file)
    sent = {
        "sources": [f"dataset-{first.pk}", f"dataset-{second.pk}"],
        "artificial": 0, "real": 6, "use": "main",
    }  # fmt: skip
    page = owner.post(reverse("survey:images-draw", args=[study.pk]), sent, follow=True)
    assert "6 images were added." in page.content.decode()
    assert "is in the study already" not in page.content.decode()
    assert study.stimuli.values("source").distinct().count() == 6


def test_a_shape_is_asked_of_runs_too(owner: Client, organiser: User) -> None:
    study = services.study_create(owner=organiser, name="Cubes")
    run = make_run(owner=organiser)
    for shapes in (["cube"], ["short_rod"], ["cube", "sphere"]):
        scenes = make_run(owner=organiser, stage="simulate", spec={"shapes": shapes})
        make_pair(run=run, scene_run=scenes)
    for shape, count in (("cube", 1), ("short_rod", 1), ("short rod", 0), ("grain", 0)):
        before = study.stimuli.count()
        sent = {"sources": [f"run-{run.pk}"], "artificial": 3, "real": 0, "use": "main"}
        owner.post(reverse("survey:images-draw", args=[study.pk]), sent | {"shape": shape})
        assert study.stimuli.count() == before + count, shape


def test_images_are_set_aside_for_practice_and_taken_back(owner: Client) -> None:
    study = make_draft(owner=User.objects.get(pk=owner.session["_auth_user_id"]))
    where = reverse("survey:images-change", args=[study.pk])
    owner.post(where, {"pick": ["1", "5"], "use": "practice"})
    assert set(study.stimuli.filter(use="practice").values_list("number", flat=True)) == {1, 5}
    assert study.stimuli.filter(served=None).count() == 0, "how they look stays"
    owner.post(where, {"pick": ["1"], "use": "main"})
    assert study.stimuli.get(use="practice").number == 5
    owner.post(where, {"pick": ["1"], "use": "attention"})
    assert not study.stimuli.filter(use="attention").exists()


def test_attention_pictures_are_rows_that_the_stage_draws(organiser: User) -> None:
    study = make_draft(owner=organiser, real=2, artificial=0, prepared=False)
    services.study_update(study=study, by=organiser, settings=Settings(attention=3))
    for _ in range(2):  # preparing again makes no more of them
        done = run_here(services.stimuli_prepare(study=study, by=organiser))
        assert done.status == "succeeded", done.problem
    rows = list(study.stimuli.filter(use="attention").order_by("number"))
    assert [row.number for row in rows] == [3, 4, 5]
    assert sorted(Counter(row.truth for row in rows).values()) == [1, 2]
    sizes = {s.served.size_bytes for s in study.stimuli.select_related("served") if s.served}
    assert len(sizes) == 1
    assert study.stimuli.filter(served=None).count() == 0
    services.study_update(study=study, by=organiser, settings=Settings())
    assert study.stimuli.filter(served__isnull=False).count() == 0


def test_pairs_are_matched_by_what_they_show(organiser: User) -> None:
    study = services.study_create(owner=organiser, name="P", settings=Settings(task="pairs"))
    dataset = make_dataset(owner=organiser)
    images = [make_image(dataset=dataset, shape=shape) for shape in ("cube", "grain", "grain")]
    cubes, grains = (
        make_run(stage="simulate", owner=organiser, spec={"shapes": [shape]})
        for shape in ("cube", "grain")
    )
    run = make_run(owner=organiser)
    pairs = [make_pair(run=run, scene_run=scene) for scene in (grains, cubes, grains)]
    services.stimuli_add(study=study, by=organiser, images=images, pairs=pairs)
    prepare(study)
    for number, mean in {1: 90, 2: 40, 3: 200, 4: 198, 5: 10, 6: 45}.items():
        study.stimuli.filter(number=number).update(figures={"mean_grey": mean})
    with pytest.raises(StudyRefused, match="stand in no pair"):
        services.study_open(study=study, by=organiser)
    assert services.stimuli_match(study=study, by=organiser) == 3
    groups: dict[int, set[int]] = {}
    for stimulus in study.stimuli.all():
        groups.setdefault(stimulus.match or 0, set()).add(stimulus.number)
    assert sorted(map(sorted, groups.values())) == [[1, 5], [2, 6], [3, 4]]


def test_pairs_can_be_put_together_by_hand_and_wrong_ones_are_named(
    owner: Client, organiser: User
) -> None:
    study = make_draft(owner=organiser, real=2, artificial=2)
    services.study_update(study=study, by=organiser, settings=Settings(task="pairs"))
    where = reverse("survey:images-match", args=[study.pk])
    owner.post(where, {"match-1": "1", "match-2": "1", "match-3": "2", "match-4": "", "x": "1"})
    assert list(study.stimuli.order_by("number").values_list("match", flat=True)) == [1, 1, 2, None]
    with pytest.raises(StudyRefused, match="Pair 1 is not one real and one artificial image"):
        services.study_open(study=study, by=organiser)


# ---- copies -------------------------------------------------------------------------------------


def test_a_copy_has_the_choice_and_nobody_s_answers(owner: Client, organiser: User) -> None:
    study = make_open(owner=organiser, name="First")
    client, _ = enter(study)
    finish(client, study)
    services.study_close(study=study, by=organiser)
    owner.post(reverse("survey:copy", args=[study.pk]))
    copy = Study.objects.get(copy_of=study)
    assert (copy.name, copy.state) == ("First (2)", State.DRAFT)
    assert (copy.sessions.count(), copy.protocols.count(), copy.invitations.count()) == (0, 0, 0)
    assert (copy.settings, copy.plan) == (study.settings, study.plan)
    assert copy.seed != study.seed
    assert copy.code != study.code
    kept = ("number", "use", "truth", "arm", "source_id", "image_id", "pair_id")
    both = [list(one.stimuli.order_by("number").values_list(*kept)) for one in (study, copy)]
    assert both[0] == both[1]
    assert not copy.stimuli.filter(served__isnull=False).exists(), "its images are prepared anew"
    assert services.study_copy(study=study, by=organiser).name == "First (3)"


# ---- lineage and results ------------------------------------------------------------------------


def test_an_image_tells_where_it_was_judged_when_the_study_has_closed(organiser: User) -> None:
    study = make_open(owner=organiser, visibility=Visibility.LAB)
    stimulus = study.stimuli.filter(image__isnull=False)[0]
    assert stimulus.image is not None
    dataset, image = stimulus.image.dataset, stimulus.image
    dataset.visibility = Visibility.LAB
    dataset.save()
    colleague = make_user(Role.ANALYST)

    def judged(user: User) -> list[Any]:
        told = lineage_of(user=user, kind="image", pk=image.pk).led_to
        return [one.node.facts for one in told if one.how == "judged in"]

    for said in ("artificial", "artificial", "real"):
        client, _ = enter(study)
        finish(client, study, said=lambda _, said=said: {"decision": said})
    assert judged(colleague) == [], "the truth of an open study is nobody's but the owner's"
    assert judged(organiser) == [{}]
    services.study_close(study=study, by=organiser)
    (facts,) = judged(colleague)
    assert (facts["judgements"], facts["called_artificial"]) == (3, 0.6667)


def test_the_margin_of_a_plan_gives_the_ends_that_were_planned() -> None:
    assert Plan(margin=0.05).ends == (0.45, 0.55)


def test_results_that_are_the_organiser_s_are_shown_to_nobody_else(organiser: User) -> None:
    study = make_draft(owner=organiser, visibility=Visibility.LAB)
    services.study_update(study=study, by=organiser, settings=Settings(results_for="organiser"))
    services.study_open(study=study, by=organiser)
    services.study_close(study=study, by=organiser)
    colleague = Client()
    colleague.force_login(make_user(Role.ANALYST))
    where = reverse("survey:results", args=[study.pk])
    assert colleague.get(where).status_code == 403
    colleague.force_login(organiser)
    assert colleague.get(where).status_code == 200
    assert Run.objects.count() >= 1
    assert Stimulus.objects.filter(study=study).count() == 8
