"""The work of a dry run: a thread a rater, each a browser of its own, and a report at the end."""

from __future__ import annotations

import random
import threading
import time
from collections import defaultdict
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field

from django.core import signing
from django.db import close_old_connections
from django.urls import reverse

from survey.dry_reports import report_of
from survey.models import DryRun, Stimulus
from survey.services.dry_runs import JOBS, SALT, dry_run_claim
from survey.simulated import PROFILES, Ask, Known, Reply, Told, rate
from survey.simulated.browsing import Browser, Stopped, drive

_LOOK_S = 0.5


@dataclass(slots=True)
class Work:
    """What the raters' threads share."""

    dry_run: DryRun
    known: dict[str, Known]
    stop: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)
    answers: int = 0
    times_ms: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def heard(self, ask: Ask, reply: Reply) -> None:
        if ask.what == "answer" and reply.status == 200:
            with self.lock:
                self.answers += 1


def dry_run_work(*, dry_run_id: int, stopping: threading.Event | None = None) -> None:
    """Take the study as the dry run's raters do; `stopping` hands it back half done."""
    dry_run = dry_run_claim(dry_run_id=dry_run_id)
    if dry_run is None:
        return
    began = time.monotonic()
    work = Work(dry_run, known_of(dry_run))
    raters = [name for name, count in dry_run.plan["raters"].items() for _ in range(count)]
    with ThreadPoolExecutor(max_workers=len(raters), thread_name_prefix="rater") as pool:
        futures = [pool.submit(_take, work, name, index) for index, name in enumerate(raters)]
        handed_back = not _watch(work, futures, stopping)
    if handed_back:
        JOBS.hand_back(dry_run)
        return
    told = [future.result() for future in futures]
    if None in told or not JOBS.seen(dry_run, done=work.answers):
        return  # stopped, or taken over by another worker
    report = report_of(
        dry_run=dry_run,
        told=[one for one in told if one is not None],
        times_ms=work.times_ms,
        seconds=time.monotonic() - began,
    )
    JOBS.end(dry_run, report=report, problem=" ".join(report["problems"]))


def known_of(dry_run: DryRun) -> dict[str, Known]:
    """What is true of the images, by what raters get to see of them: their bytes."""
    rows = dry_run.study.stimuli.filter(served__isnull=False)
    return {
        sha256: Known(truth, asks=use == Stimulus.Use.ATTENTION)
        for sha256, truth, use in rows.values_list("served_id", "truth", "use")
    }


def entrance_of(dry_run: DryRun, name: str) -> str:
    token = signing.dumps([dry_run.pk, dry_run.attempts, name], salt=SALT)
    return reverse("survey:dry-run-join", args=[token])


def _take(work: Work, name: str, index: int) -> Told | None:
    plan = work.dry_run.plan
    browser = Browser(plan["address"])
    steps = rate(
        PROFILES[name],
        entrance=entrance_of(work.dry_run, name),
        known=work.known,
        rng=random.Random(f"{plan['seed']}/{index}"),  # noqa: S311 - a rater, not a secret
        pace=plan["pace"],
    )
    try:
        return drive(steps, browser, stop=work.stop, after=work.heard)
    except Stopped:
        return None
    except BaseException:
        work.stop.set()
        raise
    finally:
        with work.lock:
            for what, times in browser.times_ms.items():
                work.times_ms[what] += times


def _watch(
    work: Work, futures: list[Future[Told | None]], stopping: threading.Event | None
) -> bool:
    """Store how far they are, twice a second; False: this worker stops."""
    session_total = 0
    while True:
        _, waiting = wait(futures, timeout=_LOOK_S)
        close_old_connections()
        if not session_total:
            first = work.dry_run.sessions.values_list("total", flat=True).first()
            session_total = first or 0
        total = session_total * len(futures)
        if not JOBS.seen(work.dry_run, done=work.answers, total=total):
            work.stop.set()
        if not waiting:
            return True
        if stopping is not None and stopping.is_set():
            work.stop.set()
            wait(futures)
            return False
