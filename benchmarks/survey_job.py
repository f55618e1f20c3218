"""How long the whole analysis of a large study takes as a job, from the queue to stored figures.

``python benchmarks/survey_job.py`` makes a closed study of 200 raters and 300 images in a
throw-away home on SQLite: two generators, confidence, reasons with every tenth answer and marks
with every twentieth. Then it does what a worker does with the queued analysis (`analysis_work`):
table of answers, every step with the mixed model, drawings, storing; the row is written once a
second as it is on a server. Seconds of each step are told as the job reports them, then those of
report and bundle. Aims: the primary result 5 s after the job began, everything after 60 s.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
# Not this folder, whose `survey_...` are scripts.
sys.path[0:1] = [str(ROOT), str(ROOT / "platform")]

REASONS = ("Edges too even", "Too smooth", "Noise looks computed", "Charging", "Dust", "Grain")
PRIMARY_S, ALL_S = 5.0, 60.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--raters", type=int, default=200)
    parser.add_argument("--images", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="semblance-benchmark-") as home:
        os.environ |= {
            "SEMBLANCE_HOME": home,
            "SEMBLANCE_DATABASE_URL": "",
            "SEMBLANCE_BROKER_URL": "",
            "SEMBLANCE_LOG_LEVEL": "ERROR",
            "DJANGO_SETTINGS_MODULE": "config.settings",
        }
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        told(asked)


def told(asked: argparse.Namespace) -> None:
    """Make the study, do the job, and print what each part took."""
    print(f"making {asked.raters} raters x {asked.images} images", file=sys.stderr, flush=True)
    study = closed_study(asked.raters, asked.images, random.Random(asked.seed))  # noqa: S311
    job_s, steps = work_seconds(study)
    print("| step | seconds |\n|---|---|")
    for name, taken in steps:
        print(f"| {name} | {taken:.2f} |")
    print(f"| the whole job | {job_s:.2f} |")
    for name, taken in away_seconds(study):
        print(f"| {name} | {taken:.2f} |")
    most_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    primary_s = steps[0][1] + steps[1][1]  # with the table that it is computed of
    print(f"\nprimary result after {primary_s:.2f} s, aim at most {PRIMARY_S:.0f}")
    print(f"whole job after {job_s:.2f} s, aim at most {ALL_S:.0f}; most memory {most_mb:.0f} MB")


def closed_study(raters: int, images: int, rng: random.Random) -> Any:
    import numpy as np

    from survey.models import Judgement
    from survey.statistics.simulation import Design, Population, blocks, decisions_of
    from tests.web.survey.closing import arms_given, closed_from

    artificial = images // 2
    design = Design(raters=raters, artificial=artificial, real=images - artificial)
    (felt,) = blocks(design, Population(d_prime=1.0), runs=1, seed=rng.randrange(2**32))
    # Artificial images first, as `closed_from` takes them.
    order = np.argsort(~design.truth, kind="stable")
    answers = decisions_of(felt)[0][:, order].astype(bool).tolist()
    study = closed_from(answers, artificial=artificial, name="A large study")
    arms_given(study, "renderer", "cyclegan")
    said = list(Judgement.objects.filter(presentation__session__study=study).order_by("pk"))
    for number, answer in enumerate(said):
        if number % 10 == 0:
            answer.reason = rng.choice(REASONS)
        if number % 20 == 0:
            answer.regions = [[rng.randrange(40), rng.randrange(40), 12, 12]]
    Judgement.objects.bulk_update(said, ["reason", "regions"], batch_size=1000)
    return study


def work_seconds(study: Any) -> tuple[float, list[tuple[str, float]]]:
    """Do the queued job as a worker does; seconds of all of it and of each step as it is told."""
    from survey.services import working
    from survey.services.analyses import analysis_work

    begun: list[tuple[str, float]] = [("Table of answers", time.perf_counter())]
    report = working.Watch.report

    def noted(self: Any, done: int, total: int, step: str) -> None:
        begun.append((step, time.perf_counter()))
        report(self, done, total, step)

    working.Watch.report = noted  # type: ignore[method-assign]
    queued = study.analyses.get()
    start = time.perf_counter()
    analysis_work(analysis_id=queued.pk)
    end = time.perf_counter()
    queued.refresh_from_db()
    if queued.state != "done":
        raise SystemExit(f"The analysis ended as {queued.state}: {queued.problem}")
    begun[-1] = ("Drawings, and storing all", begun[-1][1])
    ends = [*(at for _, at in begun[1:]), end]
    return end - start, [(name, until - at) for (name, at), until in zip(begun, ends, strict=True)]


def away_seconds(study: Any) -> list[tuple[str, float]]:
    """Seconds of what is made of the stored figures when somebody asks for it."""
    from survey.export.bundle import bundle_zip
    from survey.report.making import report_of
    from survey.report.pdf import pdf_of

    analysis = study.analyses.get()
    works: dict[str, Callable[[], object]] = {
        "report as PDF": lambda: pdf_of(report_of(study=study, analysis=analysis)),
        "bundle": lambda: bundle_zip(study=study, analysis=analysis),
    }
    found = []
    for name, work in works.items():
        start = time.perf_counter()
        work()
        found.append((name, time.perf_counter() - start))
    return found


if __name__ == "__main__":
    main()
