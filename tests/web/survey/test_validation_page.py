"""Validating the installation: a broken one is found, a whole one says so, on page and in shell."""

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from accounts.models import Role, User
from survey import services
from survey.models import Validation
from survey.selectors import validations as validations_shown
from survey.services import jobs, validations
from survey.statistics import oracles, oracles_of_agreement, oracles_of_readers
from tests.homes import ROOT
from tests.web.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(oracles, "FULL_RUNS", 20)
    monkeypatch.setattr(jobs, "send", lambda *_, **__: True)


@pytest.fixture
def member() -> User:
    return make_user(Role.ANALYST)


def done(by: User) -> Validation:
    made = services.validation_start(by=by)
    validations.validation_work(validation_id=made.pk, own_thread=False)
    made.refresh_from_db()
    assert made.state == Validation.State.DONE, made.problem
    return made


def page_of(user: User) -> str:
    client = Client()
    client.force_login(user)
    return client.get(reverse("survey:validation")).content.decode()


def test_a_rater_starts_none() -> None:
    client = Client()
    client.force_login(make_user(Role.RATER))
    assert client.post(reverse("survey:validation-start")).status_code == 403
    assert not Validation.objects.exists()


def test_a_broken_coefficient_fails_on_the_page_and_in_the_shell(
    member: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(oracles_of_agreement, "fleiss", lambda *_, **__: 0.5)
    done(member)
    page = page_of(member)
    assert "checks failed." in page
    assert "Do not rely on figures" in page
    out = io.StringIO()
    with pytest.raises(CommandError, match="2 failed") as raised:
        call_command("survey_validate", runs=20, stdout=out)
    assert raised.value.returncode == 1
    assert "  1 failed" in out.getvalue()


def test_a_validation_that_is_stopped_midway_keeps_nothing(
    member: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = services.validation_start(by=member)
    seen = validations.JOBS.seen

    def stopped(_: Any, job: Validation, **values: Any) -> bool:
        return values.get("done", 0) < 5 and seen(job, **values)

    monkeypatch.setattr(jobs.Jobs, "seen", stopped)
    validations.validation_work(validation_id=made.pk, own_thread=False)
    made.refresh_from_db()
    assert made.result == {}


def test_one_that_waits_is_stopped_and_the_results_before_it_stay(member: User) -> None:
    done(member)
    services.validation_start(by=member)
    client = Client()
    client.force_login(member)
    assert "Stop it" in page_of(member)
    for _ in range(2):  # a second click stops nothing else
        client.post(reverse("survey:validation-stop"))
    states = set(Validation.objects.values_list("state", flat=True))
    assert states == {Validation.State.STOPPED, Validation.State.DONE}
    page = page_of(member)
    assert "was stopped" in page
    assert "Every check that was run passed" in page


def test_old_validations_go_but_not_the_latest_with_results(
    member: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(validations, "KEPT", 1)
    rows = [Validation.objects.create(by=member, state=Validation.State.DONE) for _ in range(4)]
    rows += [Validation.objects.create(by=member, state=Validation.State.STOPPED) for _ in range(3)]
    started = services.validation_start(by=member)
    left = set(Validation.objects.values_list("pk", flat=True))
    assert left == {one.pk for one in (*rows[2:], started)}


def test_a_rater_stops_none(member: User) -> None:
    services.validation_start(by=member)
    client = Client()
    client.force_login(make_user(Role.RATER))
    assert client.post(reverse("survey:validation-stop")).status_code == 403
    assert Validation.objects.get().is_active


def test_one_at_a_time_whosever_it_is(member: User) -> None:
    assert services.validation_start(by=member) == services.validation_start(by=make_user())
    assert "Waiting for a worker" in page_of(member)
    assert Validation.objects.count() == 1


def test_a_whole_installation_passes_and_tells_what_was_not_run(member: User) -> None:
    assert "Not validated yet" in page_of(member)
    made = done(member)
    page = page_of(member)
    assert "Every check that was run passed." in page
    assert "The data file VanDyke.xlsx is not installed. Put it into the folder reference" in page
    for library in validations.LIBRARIES:
        assert f"{library} " in page
    assert "not installed," not in page.split("Checks")[0]
    assert made.done <= made.total == validations.STEPS
    assert page.count("Not run") == 2


def test_the_shell_prints_the_table() -> None:
    out = io.StringIO()
    call_command("survey_validate", runs=20, stdout=out)
    told = out.getvalue()
    assert "expected 0.2099" in told
    assert "0 failed, 2 not run" in told
    assert "scipy " in told


def test_page_and_shell_run_what_the_method_asks_for_unless_told_otherwise(member: User) -> None:
    assert oracles_of_readers.FULL_RUNS == 4000
    assert page_of(member).count("4,000 studies") == 1
    done(member)  # with the 20 that `quick` puts in its place
    assert page_of(member).count(" % of 20 simulated studies") == 8
    out = io.StringIO()
    call_command("survey_validate", runs=7, stdout=out)
    assert out.getvalue().count(" % of 7 simulated studies") == 8


def cells_of(markdown: str) -> list[list[str]]:
    rows = [line.strip("| ").split(" | ") for line in markdown.splitlines() if line[:1] == "|"]
    return rows[2:]


def test_the_table_of_the_documentation_is_made_of_the_table_of_the_page(
    member: User, tmp_path: Path
) -> None:
    made = validations_shown.table_of(done(member).result)
    call_command("survey_validate", runs=20, markdown=tmp_path / "a.md", stdout=io.StringIO())
    text = (tmp_path / "a.md").read_text(encoding="utf-8")
    assert [cells[3] for cells in cells_of(text)] == [one.obtained for one in made.lines]
    assert made.told in text
    assert str(tmp_path) not in text


def test_the_documented_table_has_every_oracle_as_it_is_expected_now_and_all_passed() -> None:
    text = (ROOT / "docs" / "oracles.md").read_text(encoding="utf-8")
    rows = cells_of(text)
    assert {int(row[0]) for row in rows} == set(range(1, 25))
    assert {row[4] for row in rows} == {"passed"}
    result = validations.validated(data=Path("none"), runs=20)
    now = [one for one in validations_shown.table_of(result).lines if one.word != "not run"]
    told = [(int(row[0]), row[2]) for row in rows if row[0] not in ("17", "22")]
    assert told == [(one.number, one.expected) for one in now]
    assert text.count("of 4000 simulated studies; upper bound 0.0") == 8
