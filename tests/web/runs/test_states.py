"""The table of moves, and that the database lets one of two movers win."""

import itertools

import pytest
from django.utils import timezone

from accounts.models import User
from runs import states
from runs.errors import RunRefused
from runs.lease import claim
from runs.models import FINAL, Run, Status
from runs.services import InputRef, run_cancel, run_resume, run_start
from tests.web.factories import make_run


def test_the_table_speaks_of_every_state() -> None:
    assert set(states.ALLOWED) == set(Status)
    assert states.ALLOWED[Status.SUCCEEDED] == frozenset()
    assert {
        status for status in Status if status not in {"waiting", "queued"}
    } - states.ACTIVE == FINAL


@pytest.mark.django_db
@pytest.mark.parametrize(("origin", "target"), list(itertools.product(Status, Status)))
def test_a_move_is_made_only_where_the_table_allows_it(origin: Status, target: Status) -> None:
    run = make_run(status=origin)
    allowed = target in states.ALLOWED[origin]
    assert states.move(run, target) is allowed
    assert run.status == (target if allowed else origin)


@pytest.mark.django_db
def test_one_of_two_claimers_wins(analyst: User) -> None:
    run = make_run(status=Status.QUEUED)
    won = [claim(run.pk, name) for name in ("one", "two")]
    assert [found is not None for found in won] == [True, False]
    run.refresh_from_db()
    assert (run.worker, run.attempts, run.status) == ("one", 1, Status.RUNNING)
    assert run.lease_until is not None
    assert run.lease_until > timezone.now()


# ---- cancel and resume ---------------------------------------------------------------------------


@pytest.mark.django_db
def test_what_nobody_works_on_is_cancelled_at_once_with_what_waits_for_it(analyst: User) -> None:
    scenes = run_start(owner=analyst, stage="simulate")
    images = run_start(
        owner=analyst, stage="render", inputs=[InputRef("scenes", source_run=scenes)]
    )
    network = run_start(
        owner=analyst, stage="segment-train", inputs=[InputRef("pairs", source_run=images)]
    )
    run_cancel(run=scenes, by=analyst)
    for run in (scenes, images, network):
        run.refresh_from_db()
        assert run.status == Status.CANCELLED
        assert run.ended_at is not None
    assert images.problem == (
        f"Not started: it reads from Simulate (run {scenes.pk}), which was cancelled. "
        "Resume that one to go on."
    )
    assert (images.blocked_by, network.blocked_by) == (scenes, images)

    run_resume(run=scenes, by=analyst)
    for run, status in [(scenes, "queued"), (images, "waiting"), (network, "waiting")]:
        run.refresh_from_db()
        assert (run.status, run.problem, run.blocked_by) == (status, "", None)
        assert run.ended_at is None


@pytest.mark.django_db
def test_a_running_one_is_asked_to_end(analyst: User) -> None:
    run = make_run(status=Status.RUNNING, owner=analyst)
    run_cancel(run=run, by=analyst)
    assert run.status == Status.RUNNING
    assert run.cancel_requested_at is not None


@pytest.mark.django_db
@pytest.mark.parametrize("status", [Status.SUCCEEDED, Status.FAILED, Status.CANCELLED])
def test_what_has_ended_cannot_be_cancelled(analyst: User, status: Status) -> None:
    with pytest.raises(RunRefused, match=rf"It is {status.label.lower()} already"):
        run_cancel(run=make_run(status=status), by=analyst)


@pytest.mark.django_db
@pytest.mark.parametrize("status", [s for s in Status if s not in states.RESUMABLE])
def test_what_did_not_end_badly_cannot_be_resumed(analyst: User, status: Status) -> None:
    run = make_run(status=status)
    with pytest.raises(RunRefused, match="nothing to resume"):
        run_resume(run=run, by=analyst)
    assert Run.objects.get(pk=run.pk).status == status
