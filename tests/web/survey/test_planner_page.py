"""The planner: who may ask, what is refused, what a worker answers, and what the plan keeps."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Role, User
from core.access import Visibility
from survey import services
from survey.checks import opening_checks
from survey.errors import StudyRefused
from survey.forms.planner import PAPER
from survey.models import Invitation, Planning, Study
from survey.plan import Plan
from survey.protocol import Settings, settings_json
from survey.report.preregistration import preregistration
from survey.services import jobs, plannings
from tests.web.factories import make_user
from tests.web.survey.makers import make_draft, make_open

pytestmark = pytest.mark.django_db

SMALL = PAPER | {"raters": 4, "artificial": 4, "real": 4}


@pytest.fixture(autouse=True)
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """The messages that would have been sent."""
    told: list[tuple[str, int]] = []

    def send(task: str, pk: int, *, queue: str) -> bool:
        told.append((task, pk))
        return True

    monkeypatch.setattr(jobs, "send", send)
    return told


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def asked(by: User, study: Study | None = None, **fields: Any) -> Planning:
    return services.planning_start(question=SMALL | fields, by=by, study=study, runs=60)


def answered(by: User, study: Study | None = None, **fields: Any) -> Planning:
    planning = asked(by, study, **fields)
    plannings.planning_work(planning_id=planning.pk, own_thread=False)
    planning.refresh_from_db()
    assert planning.state == Planning.State.DONE, planning.problem
    return planning


def assert_every_kind(client: Client, name: str, planning: Planning, *, row: bytes) -> None:
    """A figure comes as SVG, PNG and its data, in which a row begins as is given, and linked."""
    page = client.get(reverse("survey:planning", args=[planning.pk])).content.decode()
    for kind, start in (("svg", b"<svg"), ("png", b"\x89PNG"), ("csv", b"")):
        where = reverse(f"survey:{name}", args=[planning.pk, kind])
        got = client.get(where)
        assert got.content.startswith(start)
        assert f'href="{where}"' in page
        assert row in got.content or kind != "csv"
    assert client.get(reverse(f"survey:{name}", args=[planning.pk, "pdf"])).status_code == 404


@pytest.mark.parametrize(
    "name", ["planning", "planning-progress", "planning-drawing", "planning-search"]
)
def test_nobody_sees_the_question_of_somebody_else(name: str) -> None:
    planning = asked(make_user(Role.ORGANISER))
    kinds = ["svg"] if name in ("planning-drawing", "planning-search") else []
    where = reverse(f"survey:{name}", args=[planning.pk, *kinds])
    for role in (Role.ANALYST, Role.ORGANISER):
        assert signed_in(make_user(role)).get(where).status_code == 404


def test_nobody_stops_or_takes_the_question_of_somebody_else() -> None:
    study = make_draft()
    planning = asked(study.owner, study)
    client = signed_in(make_user(Role.ORGANISER))
    for name in ("planning-stop", "planning-take"):
        assert client.post(reverse(f"survey:{name}", args=[planning.pk])).status_code == 404
    planning.refresh_from_db()
    assert planning.is_active


def test_a_question_about_a_foreign_study_is_refused() -> None:
    client = signed_in(make_user(Role.ORGANISER))
    private, lab = make_draft(), make_draft(visibility=Visibility.LAB)
    for study, code in ((private, 404), (lab, 403)):
        data = {**SMALL, "study": study.pk}
        assert client.get(reverse("survey:planner"), {"study": study.pk}).status_code == code
        assert client.post(reverse("survey:planner-start"), data).status_code == code
    assert not Planning.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"raters": 1}, "greater than or equal to 2"),
        ({"margin": 0}, "greater than or equal to 0.01"),
        ({"sd_image": -1}, "greater than or equal to 0"),
        ({"d_prime": "inf"}, "Enter a number."),
        ({"raters": 1000, "real": 5000}, "Take fewer raters or images."),
        ({"real": ""}, "This field is required."),
    ],
)
def test_a_question_that_cannot_be_is_refused_in_place(wrong: dict[str, Any], said: str) -> None:
    client = signed_in(make_user(Role.ANALYST))
    response = client.post(reverse("survey:planner-start"), SMALL | wrong)
    assert response.status_code == 422
    assert said in response.content.decode()
    assert not Planning.objects.exists()


def test_one_question_at_a_time_and_only_of_drafts() -> None:
    user = make_user(Role.ORGANISER)
    asked(user)
    with pytest.raises(StudyRefused, match="on its way already"):
        asked(user)
    study = make_open()
    with pytest.raises(StudyRefused, match="fixed"):
        asked(study.owner, study)


def test_a_worker_answers_and_the_page_says_it(
    sent: list[tuple[str, int]], django_capture_on_commit_callbacks: Any
) -> None:
    user = make_user(Role.ANALYST)
    client = signed_in(user)
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(reverse("survey:planner-start"), SMALL)
    planning = Planning.objects.get()
    assert response.headers["Location"] == reverse("survey:planning", args=[planning.pk])
    assert sent == [(plannings.TASK, planning.pk)]
    assert "Waiting for a worker" in client.get(response.headers["Location"]).content.decode()
    Planning.objects.update(question=planning.question | {"runs": 60})
    plannings.planning_work(planning_id=planning.pk, own_thread=False)
    planning.refresh_from_db()
    assert planning.state == Planning.State.DONE
    assert (planning.done, planning.total) == (120, 120)
    page = client.get(response.headers["Location"]).content.decode()
    assert "This design cannot conclude equivalence" in page
    assert "hx-get" not in page.partition('id="planning"')[2].partition(">")[0]
    assert "Take into the plan" not in page
    part = reverse("survey:planning-progress", args=[planning.pk])
    assert client.get(part).status_code == 302
    assert b"<html" not in client.get(part, headers={"HX-Request": "true"}).content
    assert_every_kind(client, "planning-drawing", planning, row=b"Guessing,0.5,")


def test_what_is_stopped_has_no_answer() -> None:
    user = make_user(Role.ANALYST)
    planning = asked(user)
    client = signed_in(user)
    client.post(reverse("survey:planning-stop", args=[planning.pk]))
    plannings.planning_work(planning_id=planning.pk, own_thread=False)
    planning.refresh_from_db()
    assert (planning.state, planning.answer) == (Planning.State.STOPPED, {})
    page = client.get(reverse("survey:planning", args=[planning.pk])).content.decode()
    assert "It was stopped" in page


def test_an_answer_of_another_study_or_margin_or_none_is_not_taken() -> None:
    study = make_draft()
    owner = study.owner
    other = make_draft(owner=owner)
    with pytest.raises(StudyRefused, match="another study"):
        services.planning_take(planning=answered(owner, other), study=study, by=owner)
    with pytest.raises(StudyRefused, match=r"margin is 0\.05, the question's 0\.1"):
        services.planning_take(planning=answered(owner, study, margin=0.1), study=study, by=owner)
    with pytest.raises(StudyRefused, match="no answer yet"):
        services.planning_take(planning=asked(owner, study), study=study, by=owner)
    study.refresh_from_db()
    assert not Plan.of(study).expected


def test_the_opening_freezes_what_was_taken_and_nothing_is_taken_afterwards() -> None:
    study = make_draft()
    client = signed_in(study.owner)
    form = client.get(reverse("survey:planner"), {"study": study.pk}).content.decode()
    assert 'name="real" value="4"' in form
    planning = answered(study.owner, study)
    where = reverse("survey:planning", args=[planning.pk])
    assert "Take into the plan" in client.get(where).content.decode()
    client.post(reverse("survey:planning-take", args=[planning.pk]))
    study.refresh_from_db()
    taken = {"question": planning.question, "answer": planning.answer}
    assert Plan.of(study).expected == taken
    assert "In the plan of the study" in client.get(where).content.decode()
    services.study_update(study=study, by=study.owner, description="changed")
    frozen = services.study_open(study=study, by=study.owner)
    assert frozen.document["plan"]["expected"] == taken
    with pytest.raises(StudyRefused, match="fixed"):
        services.planning_take(planning=planning, study=study, by=study.owner)
    client.post(reverse("survey:planning-take", args=[planning.pk]))
    study.refresh_from_db()
    assert study.plan["expected"] == taken


def test_changing_the_settings_of_a_draft_keeps_what_was_taken() -> None:
    study = make_draft()
    planning = answered(study.owner, study)
    services.planning_take(planning=planning, study=study, by=study.owner)
    client = signed_in(study.owner)
    form = client.get(reverse("survey:edit", args=[study.pk])).context["form"]
    data = {field.html_name: field.value() for field in form}
    data = {name: value for name, value in data.items() if isinstance(value, str | int | float)}
    data = {name: value for name, value in data.items() if value is not False}
    changed = client.post(reverse("survey:edit", args=[study.pk]), data | {"description": "new"})
    assert changed.status_code == 302
    study.refresh_from_db()
    assert Plan.of(study).expected


def test_the_paper_s_design_is_filled_in_as_the_planner_has_it() -> None:
    from survey.statistics.planner import PAPER_DESIGN, PAPER_POPULATION

    for name in ("raters", "artificial", "real"):
        assert PAPER[name] == getattr(PAPER_DESIGN, name)
    for name in ("d_prime", "criterion", "sd_image", "sd_rater_bias", "sd_rater_sensitivity"):
        assert PAPER[name] == pytest.approx(getattr(PAPER_POPULATION, name), abs=5e-4)
    page = signed_in(make_user(Role.ANALYST)).get(reverse("survey:planner"), {"preset": "paper"})
    assert 'value="1.344"' in page.content.decode()


def test_how_many_raters_are_needed_is_looked_for_and_shown() -> None:
    user = make_user(Role.ORGANISER)
    client = signed_in(user)
    data = PAPER | {"d_prime": 2.5, "vary": "raters", "goal": "distinguishable", "target": 80}
    assert client.post(reverse("survey:planner-start"), data).status_code == 302
    planning = Planning.objects.get()
    Planning.objects.update(question=planning.question | {"runs": 60})
    plannings.planning_work(planning_id=planning.pk, own_thread=False)
    planning.refresh_from_db()
    assert planning.state == Planning.State.DONE, planning.problem
    found = planning.answer["search"]["found"]
    assert planning.answer["design"] == found
    assert found["raters"] < PAPER["raters"]
    assert (found["artificial"], found["real"]) == (16, 12)
    trials = planning.answer["search"]["trials"]
    powers = {one["design"]["raters"]: one["power"]["value"] for one in trials}
    assert powers[found["raters"]] >= 0.8
    assert all(power < 0.8 for raters, power in powers.items() if raters < found["raters"])
    page = client.get(reverse("survey:planning", args=[planning.pk])).content.decode()
    assert f"{found['raters']} raters, 16 artificial and 12 real images are the smallest" in page
    row = f"\n{found['raters']},{powers[found['raters']]},".encode()
    assert_every_kind(client, "planning-search", planning, row=row)


def test_where_no_number_suffices_it_says_so_and_nothing_can_be_taken() -> None:
    study = make_draft()
    planning = answered(
        study.owner, study, d_prime=0.0, vary="raters", goal="distinguishable", target=80.0
    )
    assert planning.answer["search"]["found"] is None
    client = signed_in(study.owner)
    page = client.get(reverse("survey:planning", args=[planning.pk])).content.decode()
    assert "No design was found" in page
    assert "Even 1000 raters" in page
    assert "Take into the plan" not in page
    with pytest.raises(StudyRefused, match="nothing to take"):
        services.planning_take(planning=planning, study=study, by=study.owner)


@pytest.mark.parametrize(
    ("field", "value", "said"), [("target", 100, "99"), ("goal", "none", "valid choice")]
)
def test_a_power_or_a_goal_that_makes_no_sense_is_refused(
    field: str, value: object, said: str
) -> None:
    client = signed_in(make_user(Role.ORGANISER))
    answer = client.post(reverse("survey:planner-start"), PAPER | {"vary": "images", field: value})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Planning.objects.exists()


def test_a_question_about_one_design_says_nothing_of_a_search() -> None:
    client = signed_in(make_user(Role.ORGANISER))
    client.post(reverse("survey:planner-start"), PAPER | {"vary": "", "goal": "equivalent"})
    assert not {"vary", "goal", "target"} & set(Planning.objects.get().question)


def test_an_expectation_for_another_design_is_said_before_the_opening() -> None:
    study = make_draft()
    planning = answered(study.owner, study)
    services.planning_take(planning=planning, study=study, by=study.owner)
    assert not any("planner" in one for one in opening_checks(study=study).warnings)
    study.plan |= {"margin": 0.1}
    study.save()
    study.stimuli.filter(truth="real")[:1].get().delete()
    said = next(one for one in opening_checks(study=study).warnings if "planner" in one)
    assert "for 4 artificial and 4 real images and a margin of 0.05" in said
    assert "the study has 4 artificial and 3 real images and a margin of 0.1." in said


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        (Settings(images_per_rater=4), "in this study each judges 4 of 8 images"),
        (Settings(task="pairs"), "is for studies that show single images, and this study shows"),
    ],
)
def test_an_answer_is_no_answer_for_blocks_and_pairs(chosen: Settings, said: str) -> None:
    study = make_draft()
    planning = answered(study.owner, study)
    client = signed_in(study.owner)
    services.planning_take(planning=planning, study=study, by=study.owner)
    study.refresh_from_db()
    study.settings = settings_json(chosen)
    study.save()
    assert any(said in one for one in opening_checks(study=study).warnings)
    study.plan = {**study.plan, "expected": {}}
    study.save()
    assert not any(said in one for one in opening_checks(study=study).warnings)
    with pytest.raises(StudyRefused, match=said):
        services.planning_take(planning=planning, study=study, by=study.owner)
    study.refresh_from_db()
    assert not Plan.of(study).expected
    page = client.get(reverse("survey:planning", args=[planning.pk])).content.decode()
    assert said in page
    assert "Take into the plan" not in page


def test_a_study_of_parts_is_simulated_as_it_is_dealt_and_its_answer_can_be_taken() -> None:
    study = make_draft()
    study.settings = settings_json(Settings(images_per_rater=4))
    study.save()
    client = signed_in(study.owner)
    form = client.get(reverse("survey:planner"), {"study": study.pk}).content.decode()
    assert 'name="images_per_rater" value="4"' in form
    planning = answered(study.owner, study, images_per_rater=4)
    assert planning.answer["design"]["images_per_rater"] == 4
    assert planning.answer["closed_form"] is None
    page = client.get(reverse("survey:planning", args=[planning.pk])).content.decode()
    assert "of which each rater judges 4" in page
    assert "double bootstrap" in page
    services.planning_take(planning=planning, study=study, by=study.owner)
    assert not any("planner" in one for one in opening_checks(study=study).warnings)
    assert "images, 4 for each rater, by simulation" in preregistration(study=study)
    study.settings = settings_json(Settings())
    study.save()
    (said,) = (one for one in opening_checks(study=study).warnings if "planner" in one)
    assert "for raters who judge 4 of 8 images; in this study each judges all 8 images" in said


def test_images_are_dealt_to_simulated_raters_as_to_real_ones() -> None:
    """10 raters of 6 images, 4 each: the first 6 are a block, in which each is judged by 4."""
    from survey.services.plannings import _dealt
    from survey.statistics.simulation import Design

    judged = _dealt(Design(raters=10, artificial=3, real=3, images_per_rater=4), 7)
    assert judged.sum(axis=1).tolist() == [4] * 10
    assert judged[:6].sum(axis=0).tolist() == [4] * 6
    assert judged[:6, :3].sum(axis=1).tolist() == [2] * 6
    other = _dealt(Design(raters=10, artificial=3, real=3, images_per_rater=4), 8)
    assert (other != judged).any()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"images_per_rater": 29}, "The study has 28 images."),
        ({"images_per_rater": 14, "vary": "raters"}, "with raters who judge all images"),
        ({"images_per_rater": 14, "artificial": 1000, "real": 1000}, "30,000 raters x images"),
    ],
)
def test_a_part_that_cannot_be_simulated_is_refused_with_what_to_do(
    data: dict[str, object], said: str
) -> None:
    client = signed_in(make_user(Role.ORGANISER))
    answer = client.post(reverse("survey:planner-start"), PAPER | data)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Planning.objects.exists()


def test_fewer_studies_are_simulated_where_each_takes_a_bootstrap() -> None:
    client = signed_in(make_user(Role.ORGANISER))
    client.post(reverse("survey:planner-start"), PAPER | {"images_per_rater": 14})
    assert Planning.objects.get().question["runs"] == plannings.RUNS_OF_PARTS
    Planning.objects.all().delete()
    client.post(reverse("survey:planner-start"), PAPER | {"images_per_rater": 28})
    question = Planning.objects.get().question
    assert question["runs"] == plannings.RUNS
    assert "images_per_rater" not in question


def test_fewer_links_than_planned_raters_are_told_and_more_are_not() -> None:
    study = make_draft()
    planning = answered(study.owner, study)
    services.planning_take(planning=planning, study=study, by=study.owner)

    def said() -> list[str]:
        return [one for one in opening_checks(study=study).warnings if "planner" in one]

    def invited(count: int) -> None:
        kind = Invitation.Kind.PERSONAL
        services.invitation_create(study=study, by=study.owner, kind=kind, count=count)

    assert not said()
    invited(3)
    assert said() == [
        "The planner's answer in the plan is for 4 raters; the links let in 3. Invite more, or ask "
        "the planner for so many."
    ]
    invited(2)
    assert not said()


def test_a_copy_asks_the_planner_for_itself() -> None:
    study = make_draft()
    planning = answered(study.owner, study)
    services.planning_take(planning=planning, study=study, by=study.owner)
    copy = services.study_copy(study=study, by=study.owner)
    assert not Plan.of(copy).expected
    assert copy.plan["margin"] == study.plan["margin"]


def test_old_questions_go_and_those_of_others_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plannings, "KEPT", 2)
    study = make_draft()
    mine = [answered(study.owner, study) for _ in range(4)]
    others = [answered(make_user(Role.ANALYST)), answered(study.owner)]
    waiting = asked(study.owner, study)
    left = set(Planning.objects.values_list("pk", flat=True))
    assert left == {one.pk for one in (*mine[2:], *others, waiting)}
