"""What a sweeper finds: lost runs, forgotten messages, ends that nobody announced."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from runs import publishing, sweeper
from runs.models import Run, Status, WorkerPresence
from runs.routing import gpu_listens
from runs.services import InputRef, run_start
from runs.signals import run_ended
from tests.web.factories import make_run

AGO = timedelta(seconds=11)


def running(*, lease_s: float, **fields: Any) -> Run:
    now = timezone.now()
    defaults: dict[str, Any] = {"status": Status.RUNNING, "worker": "gone", "attempts": 1}
    return make_run(**(defaults | fields), lease_until=now + timedelta(seconds=lease_s))


@pytest.fixture
def published(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    sent: list[int] = []

    def publish(run_id: int, queue: str) -> bool:
        sent.append(run_id)
        Run.objects.filter(pk=run_id).update(published_at=timezone.now())
        return True

    def publish_if_queued(run: Run) -> None:
        if run.status == Status.QUEUED:
            publish(run.pk, run.queue)

    monkeypatch.setattr(sweeper, "publish", publish)
    monkeypatch.setattr(sweeper, "publish_if_queued", publish_if_queued)
    return sent


@pytest.mark.django_db
@pytest.mark.parametrize("status", [Status.RUNNING, Status.STORING])
def test_a_run_whose_lease_ran_out_goes_back_to_its_queue(
    status: Status, published: list[int]
) -> None:
    run, healthy = running(lease_s=-1, status=status), running(lease_s=5)
    sweeper.sweep(queues=[run.queue])
    run.refresh_from_db()
    healthy.refresh_from_db()
    assert (run.status, run.losses, run.worker) == (Status.QUEUED, 1, "")
    assert run.log_lines.get().message == "gone fell silent."
    assert healthy.status == Status.RUNNING
    assert published == [run.pk]


@pytest.mark.django_db
def test_a_run_that_takes_its_workers_down_is_lost_after_three(published: list[int]) -> None:
    run = running(lease_s=-1, losses=2)
    sweeper.sweep(queues=[run.queue])
    run.refresh_from_db()
    assert run.status == Status.LOST
    assert "fell silent 3 times" in run.problem
    assert "resume it" in run.problem
    assert published == []
    assert run.announced_at is not None


@pytest.mark.django_db
def test_a_run_that_was_to_be_cancelled_is_cancelled_when_its_worker_is_gone() -> None:
    run = running(lease_s=-1, cancel_requested_at=timezone.now())
    sweeper.sweep()
    run.refresh_from_db()
    assert run.status == Status.CANCELLED


@pytest.mark.django_db
def test_a_worker_that_comes_back_takes_up_what_it_held_at_once() -> None:
    mine, other = running(lease_s=25, worker="me"), running(lease_s=25, worker="you")
    assert sweeper.take_from_the_silent(worker="me") == [mine]
    mine.refresh_from_db()
    other.refresh_from_db()
    assert (mine.status, other.status) == (Status.QUEUED, Status.RUNNING)


@pytest.mark.django_db
def test_one_forgotten_run_is_published_again_the_oldest_first(published: list[int]) -> None:
    now = timezone.now()
    fields: dict[str, Any] = {"status": Status.QUEUED, "queue": "cpu"}
    make_run(**fields, queued_at=now - 3 * AGO, published_at=now)
    second = make_run(**fields, queued_at=now - AGO, published_at=now - AGO)
    first = make_run(**fields, queued_at=now - 2 * AGO, published_at=now - AGO)
    third = make_run(**fields, queued_at=now - AGO)
    make_run(**fields, queued_at=now)  # its message is on the way
    make_run(**fields | {"queue": "simulate"}, queued_at=now - AGO)
    for _ in range(4):
        sweeper.sweep(queues=["cpu"])
    assert published == [first.pk, second.pk, third.pk]


@pytest.mark.django_db
def test_a_busy_worker_asks_for_nothing(published: list[int]) -> None:
    run = make_run(status=Status.QUEUED)
    sweeper.sweep(queues=[run.queue], idle=False)
    assert published == []


@pytest.mark.django_db
def test_a_run_whose_source_ended_while_nobody_lived_is_settled(
    analyst: User, published: list[int]
) -> None:
    scenes = make_run(stage="simulate", status=Status.RUNNING, owner=analyst)
    images = run_start(
        owner=analyst, stage="render", inputs=[InputRef("scenes", source_run=scenes)]
    )
    Run.objects.filter(pk=scenes.pk).update(status=Status.SUCCEEDED, announced_at=timezone.now())
    sweeper.sweep(queues=[images.queue])
    images.refresh_from_db()
    assert images.status == Status.QUEUED
    assert published == [images.pk]


@pytest.mark.django_db
def test_an_end_that_nobody_announced_is_announced() -> None:
    heard: list[Run] = []

    def hear(run: Run, **_: Any) -> None:
        heard.append(run)

    run = make_run(status=Status.SUCCEEDED)
    announcing = make_run(
        status=Status.SUCCEEDED, lease_until=timezone.now() + timedelta(seconds=30)
    )
    run_ended.connect(hear)
    sweeper.sweep()
    sweeper.sweep()
    run_ended.disconnect(hear)
    assert heard == [run]
    announcing.refresh_from_db()
    assert announcing.announced_at is None


@pytest.mark.django_db
def test_a_broker_that_is_away_loses_no_run(analyst: User, monkeypatch: pytest.MonkeyPatch) -> None:
    from runs.celery_app import app

    def away(*_: object, **__: object) -> None:
        raise ConnectionRefusedError("nobody there")

    monkeypatch.setattr(app, "send_task", away)
    run = run_start(owner=analyst, stage="simulate")
    assert publishing.publish(run.pk, run.queue) is False
    run.refresh_from_db()
    assert (run.status, run.published_at) == (Status.QUEUED, None)


@pytest.mark.django_db
def test_only_a_worker_with_a_gpu_that_was_heard_lately_counts() -> None:
    sweeper.present(name="cpu@here", queues=["gpu", "cpu"], device="")
    assert not gpu_listens()
    sweeper.present(name="gpu@there", queues=["gpu"], device="NVIDIA H100")
    assert gpu_listens()
    WorkerPresence.objects.update(seen_at=timezone.now() - timedelta(seconds=31))
    assert not gpu_listens()


@pytest.mark.django_db
def test_a_run_does_not_wait_for_a_gpu_that_has_left_unless_it_asked_for_one() -> None:
    fields: dict[str, Any] = {"status": Status.QUEUED, "queue": "gpu"}
    either, needs = make_run(**fields), make_run(**fields, device="cuda:0")
    sweeper.present(name="gpu@there", queues=["gpu"], device="NVIDIA H100")
    sweeper.sweep()
    assert Run.objects.get(pk=either.pk).queue == "gpu"
    sweeper.absent(name="gpu@there")
    sweeper.sweep()
    assert Run.objects.get(pk=either.pk).queue == "cpu"
    assert Run.objects.get(pk=needs.pk).queue == "gpu"
