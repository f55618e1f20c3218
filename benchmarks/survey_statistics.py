"""How often the survey's statistics err, the power of planned designs, and the time it all takes.

``python benchmarks/survey_statistics.py`` simulates studies whose truth is known, all seeded, and
prints tables (Markdown, for ``docs/results.md``): type I error of the verdict and coverage of the
95 % interval, beside the pooled test that published surveys use; incomplete blocks by the double
bootstrap and by the mixed model; power, on fresh seeds, of the designs that the planner found;
pairs by their own interval; what the planner says of incomplete blocks and of pairs, beside fresh
studies that are analysed in full; seconds for 200 raters and 300 images. ``--runs 200`` gives a
first look, ``--json FILE`` figures, ``--only pairs`` one part of it.

It is not called statistics.py: the other benchmarks would take it for Python's module of that name.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

# Matrices here are small: two threads at one of them wait for each other more than they work.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
import pandas as pd
from scipy.stats import norm

ROOT = Path(__file__).resolve().parents[1]
sys.path.append(str(ROOT / "platform"))

from survey.blocks import incomplete as dealt_block  # noqa: E402
from survey.statistics.analysis import Options, analyse  # noqa: E402
from survey.statistics.arrays import Bools, Floats  # noqa: E402
from survey.statistics.bootstrap import Bootstrap, double_bootstrap  # noqa: E402
from survey.statistics.interval import Interval  # noqa: E402
from survey.statistics.mixed_model import MixedModel, fit_matrix  # noqa: E402
from survey.statistics.operating import Share, operating  # noqa: E402
from survey.statistics.pairs import pairs  # noqa: E402
from survey.statistics.planner_search import Goal, Vary, needed  # noqa: E402
from survey.statistics.primary import obuchowski_rockette  # noqa: E402
from survey.statistics.proportions import clopper_pearson  # noqa: E402
from survey.statistics.simulation import (  # noqa: E402
    Design,
    Population,
    blocks,
    confidence_of,
    decisions_of,
)
from survey.statistics.undefined import Undefined  # noqa: E402
from survey.statistics.verdict import CHANCE, verdict_of  # noqa: E402

SIZES = ((16, 12), (50, 50), (150, 150), (300, 300))
# Raters, pairs, and of how many of these each judges.
PAIRS = (
    (20, 14, None),
    (20, 50, None),
    (10, 100, None),
    (40, 40, None),
    (20, 150, None),
    (30, 60, 20),
)
TARGET = 0.8  # the power that the planner is asked for
DEALS = 20  # of images to raters
BOUND = 0.07  # for the upper end of the type I error's 95 % interval
_UPPER = "upper 95 % bound"
PARTS = ("type-one", "incomplete", "planned", "pairs", "foretold", "seconds")
INTERVALS = ("double bootstrap", "percentiles of both", "mixed model")
Row = dict[str, Any]
Answer = TypeVar("Answer")


def told(text: str) -> None:
    """Say on the error stream how far the work is; the tables go to the output."""
    print(f"\r{time.strftime('%H:%M:%S')}  {text:70}", end="", file=sys.stderr, flush=True)


def upper(count: int, runs: int) -> float:
    """Upper end of the exact 95 % interval of a part."""
    interval = clopper_pearson(count, runs)
    return 1.0 if isinstance(interval, Undefined) else interval.high


def design_of(kinds: tuple[int, int], raters: int = 20) -> Design:
    return Design(raters=raters, artificial=kinds[0], real=kinds[1])


def pooled_errors(design: Design, population: Population, runs: int, seed: int) -> float:
    """Part of studies that a binomial test of all answers as one calls different from chance."""
    wrong = 0
    for felt in blocks(design, population, runs=runs, seed=seed):
        right = (decisions_of(felt) == design.truth).mean(axis=(1, 2))
        z = (right - 0.5) / np.sqrt(0.25 / (design.raters * design.images))
        wrong += int((np.abs(z) > norm.ppf(0.975)).sum())
    return wrong / runs


def type_one(runs: int, seed: int) -> Iterator[Row]:
    """Raters who on average guess (d' = 0); and the coverage where they do not (d' = 1)."""
    for number, kinds in enumerate(SIZES):
        for spread in (0.0, 0.4):
            design = design_of(kinds)
            guessing = Population(d_prime=0.0, sd_rater_sensitivity=spread)
            told(f"type I error, {kinds[0]}+{kinds[1]} images, sensitivity SD {spread}")
            found = operating(design, guessing, runs=runs, seed=seed + number)
            skilled = Population(d_prime=1.0, sd_rater_sensitivity=spread)
            other = operating(design, skilled, runs=runs, seed=seed + 100 + number)
            error = found.discriminating
            count = round(error.value * runs)
            yield {
                "images": f"{kinds[0]} + {kinds[1]}",
                "sensitivity SD": spread,
                "type I error": error.value,
                _UPPER: upper(count, runs),
                "coverage at d' 0": found.coverage95.value,
                "coverage at d' 1": other.coverage95.value,
                "equivalent": found.equivalent.value,
                "pooled binomial errs": pooled_errors(design, guessing, runs, seed + number),
            }


def incomplete(runs: int, fits: int, seed: int) -> Iterator[Row]:
    """Answers missing at random, d' = 0: how often does an interval miss chance?

    The mixed model is fitted to the first `fits` of the studies only, for it takes longest.
    """
    for number, (kinds, answered) in enumerate((((16, 12), 0.5), ((50, 50), 0.3))):
        for spread in (0.0, 0.4):
            design = design_of(kinds)
            guessing = Population(d_prime=0.0, sd_rater_sensitivity=spread)
            rng = np.random.default_rng(seed + number)
            misses: dict[str, list[bool]] = {name: [] for name in INTERVALS}
            for felt in blocks(design, guessing, runs=runs, seed=seed + 200 + number):
                for said in decisions_of(felt).astype(np.float64):
                    done = len(misses["double bootstrap"])
                    told(f"incomplete blocks, {kinds[0]}+{kinds[1]}: {done} of {runs}")
                    said[rng.random(said.shape) >= answered] = np.nan
                    for name, interval in intervals_of(
                        said, design.truth, seed + done, fitted=done < fits
                    ):
                        misses[name].append(not interval.low <= CHANCE <= interval.high)
            yield {
                "images": f"{kinds[0]} + {kinds[1]}",
                "answered": f"{answered:.0%}",
                "sensitivity SD": spread,
                **{f"{name} misses": np.mean(found).item() for name, found in misses.items()},
            }


def intervals_of(
    said: Floats, truth: Bools, seed: int, *, fitted: bool
) -> Iterator[tuple[str, Interval]]:
    """Give the 95 % intervals that are defined."""
    drawn = double_bootstrap(said, truth, resamples=1000, seed=seed)
    if isinstance(drawn, Bootstrap):
        yield INTERVALS[0], drawn.interval95
        yield INTERVALS[1], drawn.percentile95
    model = fit_matrix(said, truth) if fitted else None
    if isinstance(model, MixedModel):
        yield INTERVALS[2], model.balanced_accuracy.interval95


def planned(runs: int, seed: int) -> Iterator[Row]:
    """Ask the planner for a power of `TARGET`, then simulate its answer afresh."""
    questions: list[tuple[Goal, Vary, Design, Population]] = [
        ("equivalent", "images", design_of((50, 50)), Population(d_prime=0.0)),
        ("equivalent", "images", design_of((50, 50)), Population(d_prime=0.0, sd_image=0.4)),
        ("equivalent", "raters", design_of((200, 200)), Population(d_prime=0.0)),
        ("distinguishable", "images", design_of((16, 12)), Population(d_prime=0.5)),
        ("distinguishable", "raters", design_of((16, 12)), Population(d_prime=1.0)),
    ]
    for goal, vary, design, population in questions:
        told(f"planner: {vary} for {goal}")
        answer = needed(
            design,
            population,
            vary=vary,
            goal=goal,
            target=TARGET,
            runs=max(runs // 4, 100),
            seed=seed,
        )
        row: Row = {"goal": goal, "d'": population.d_prime, "image SD": population.sd_image}
        if answer.found is None:
            yield {**row, "planned": answer.reason, "power": None, "SE": None}
            continue
        fresh = operating(answer.found, population, runs=runs, seed=seed + 5000)
        power: Share = getattr(fresh, goal)
        size = f"{answer.found.raters} x ({answer.found.artificial} + {answer.found.real})"
        yield {**row, "planned": size, "power": power.value, "SE": power.se}


def of_pairs(runs: int, seed: int) -> Iterator[Row]:
    """Raters who on average guess, and raters who do not (d' = 1), shown pairs."""
    for number, (raters, count, each) in enumerate(PAIRS):
        for spread in (0.0, 0.4):
            design = pairs_design(raters, count, each)
            told(f"pairs, {raters} x {count}, sensitivity SD {spread}")
            guessing = Population(d_prime=0.0, sd_rater_sensitivity=spread)
            skilled = Population(d_prime=1.0, sd_rater_sensitivity=spread)
            found = operating(design, guessing, runs=runs, seed=seed + number, dealt=dealt)
            other = operating(design, skilled, runs=runs, seed=seed + 100 + number, dealt=dealt)
            error = found.discriminating
            yield {
                "raters": raters,
                "pairs": f"{count}{f', {each} each' if each else ''}",
                "sensitivity SD": spread,
                "type I error": error.value,
                _UPPER: upper(round(error.value * runs), runs),
                "coverage at d' 0": found.coverage95.value,
                "coverage at d' 1": other.coverage95.value,
                "equivalent": found.equivalent.value,
                "distinguishable at d' 1": other.distinguishable.value,
            }


def pairs_design(raters: int, count: int, each: int | None = None) -> Design:
    return Design(raters=raters, artificial=count, real=count, images_per_rater=each, pairs=True)


def dealt(design: Design, number: int) -> Bools:
    """Which images or pairs each rater of a study gets: of `DEALS` deals one after the other."""
    if design.crossed:
        return np.ones((design.raters, design.shown), dtype=bool)
    return deal(design, number % DEALS)


@lru_cache(maxsize=2 * DEALS)
def deal(design: Design, number: int) -> Bools:
    """Deal in blocks, as studies do."""
    kinds = np.arange(design.shown) * 2 < design.shown if design.pairs else design.truth
    groups = tuple((bool(kind), "") for kind in kinds)
    judged = np.zeros((design.raters, design.shown), dtype=bool)
    for rater in range(design.raters):
        block, row = divmod(rater, design.shown)
        size = design.images_per_rater or design.shown
        order = dealt_block(groups, size, 1, number + DEALS * block)
        judged[rater, list(order[row])] = True
    return judged


def foretold(runs: int, seed: int) -> Iterator[Row]:
    """What the planner says of a design, and what so many fresh studies, analysed in full, do."""
    designs: list[tuple[Design, Population]] = [
        (Design(raters=20, artificial=16, real=12, images_per_rater=14), Population(d_prime=1.344)),
        (Design(raters=40, artificial=50, real=50, images_per_rater=30), Population(d_prime=0.6)),
        (
            Design(raters=60, artificial=60, real=60, images_per_rater=40),
            Population(d_prime=0.0, sd_image=0.3, sd_rater_sensitivity=0.2),
        ),
        (pairs_design(20, 14), Population(d_prime=1.0)),
        (pairs_design(20, 60, 30), Population(d_prime=0.5)),
        (pairs_design(40, 300), Population(d_prime=0.0, sd_rater_sensitivity=0.2)),
    ]
    for design, population in designs:
        goal: Goal = "distinguishable" if population.d_prime else "equivalent"
        shown = "pairs" if design.pairs else "images"
        told(f"planner's answer for {design.raters} x {design.shown} {shown}")
        # As many studies as the planner's page simulates of either.
        said = operating(
            design, population, runs=2000 if design.pairs else 400, seed=1, dealt=dealt
        )
        share: Share = getattr(said, goal)
        reached, widths = [], []
        for number, felt in enumerate(studies(design, population, runs=runs, seed=seed + 7000)):
            answers = np.where(dealt(design, number + 7), felt > 0, np.nan)
            wide, narrow = analysed_in_full(answers, design, seed + number)
            finding = verdict_of(wide, narrow)
            reached.append(not isinstance(finding, Undefined) and finding.verdict == goal)
            if isinstance(wide, Interval):
                widths.append((wide.high - wide.low) / 2)
        again = Share.of(sum(reached), len(reached))
        yield {
            "design": f"{design.raters} x {design.shown} {shown}"
            + (f", {design.images_per_rater} each" if not design.crossed else ""),
            "d'": population.d_prime,
            "conclusion": goal,
            "planner": share.value,
            "its SE": share.se,
            "fresh studies": again.value,
            "SE": again.se,
            "planner's half-width of 95 %": said.half_width95.value if said.half_width95 else None,
            "theirs": float(np.mean(widths)),
        }


def studies(design: Design, population: Population, *, runs: int, seed: int) -> Iterator[Floats]:
    for felt in blocks(design, population, runs=runs, seed=seed):
        yield from felt


def analysed_in_full(
    answers: Floats, design: Design, seed: int
) -> tuple[Interval | Undefined, Interval | Undefined]:
    """Give the intervals of a closed study, with all the resamples of its analysis."""
    if design.pairs:
        found = pairs(answers)
        part = found.part_right
        return (part if isinstance(part, Undefined) else part.interval), found.interval90
    drawn = double_bootstrap(answers, design.truth, seed=seed)
    return (drawn, drawn) if isinstance(drawn, Undefined) else (drawn.interval95, drawn.interval90)


def timed(work: Callable[[], Answer]) -> tuple[float, Answer]:
    begin = time.perf_counter()
    answer = work()
    return time.perf_counter() - begin, answer


def seconds(seed: int) -> Iterator[Row]:
    """Time the analysis of 200 raters and 300 images."""
    design = design_of((150, 150), raters=200)
    (felt,) = blocks(design, Population(d_prime=1.0), runs=1, seed=seed)
    said, truth = decisions_of(felt)[0].astype(np.float64), design.truth
    told("seconds for 200 raters and 300 images")
    rows = rows_of(felt[0], truth, seed)
    works: dict[str, Callable[[], object]] = {
        "primary (Obuchowski-Rockette)": lambda: obuchowski_rockette(said, truth),
        "mixed model": lambda: fit_matrix(said, truth),
        "double bootstrap, 4,000 resamples": lambda: double_bootstrap(said, truth, seed=seed),
        "everything": lambda: analyse(rows, Options(seed=seed)),
    }
    for name, work in works.items():
        taken, answer = timed(work)
        if isinstance(answer, Undefined):
            raise RuntimeError(f"{name}: {answer.reason}")
        yield {"what": name, "seconds": taken}


def rows_of(felt: Floats, truth: Bools, seed: int) -> pd.DataFrame:
    """Give the answers of one study as rows, one a presentation."""
    rng = np.random.default_rng(seed)
    rater, image = (part.ravel() for part in np.indices(felt.shape))
    grades = confidence_of(felt)[rater, image]
    order = rng.permuted(np.tile(np.arange(felt.shape[1]), (len(felt), 1)), axis=1)
    return pd.DataFrame(
        {
            "rater": [f"R{number:03}" for number in rater],
            "image": [f"I{number:03}" for number in image],
            "truth": np.where(truth[image], "artificial", "real"),
            "decision": np.where(grades > 3, "artificial", "real"),
            "arm": np.where(truth[image], "generator", ""),
            "confidence": np.where(grades > 3, grades - 3, 4 - grades),
            "response_ms": rng.lognormal(8.5, 0.5, len(rater)),
            "position": order[rater, image] + 1,
        }
    )


def table(title: str, rows: list[Row]) -> None:
    """Print rows as a Markdown table."""
    print(f"\n{title}\n\n| {' | '.join(rows[0])} |\n|{'---|' * len(rows[0])}")
    for row in rows:
        cells = (f"{cell:.3f}" if isinstance(cell, float) else str(cell) for cell in row.values())
        print(f"| {' | '.join(cells)} |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=4000, help="studies a row")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", choices=PARTS, help="one part; without it, all of them")
    parser.add_argument("--json", type=Path, help="a file for the figures")
    asked = parser.parse_args()
    many, few = max(asked.runs // 4, 40), max(asked.runs // 20, 40)
    parts: dict[str, tuple[str, Iterator[Row]]] = {
        "type-one": (
            f"Type I error and coverage, 20 raters, image SD 0.8, {asked.runs} studies a row",
            type_one(asked.runs, asked.seed),
        ),
        "incomplete": (
            f"Incomplete blocks, 20 raters, image SD 0.8, d' 0, {many} studies a row, mixed model "
            f"on the first {few}",
            incomplete(many, few, asked.seed),
        ),
        "planned": (
            f"Designs found for a power of {TARGET}, {asked.runs} fresh studies each",
            planned(asked.runs, asked.seed),
        ),
        "pairs": (
            f"Pairs, SD of pairs 0.8, {asked.runs} studies a row",
            of_pairs(asked.runs, asked.seed),
        ),
        "foretold": (
            f"The planner's answers for incomplete blocks and pairs, beside {many} fresh studies",
            foretold(many, asked.seed),
        ),
        "seconds": ("Seconds for 200 raters and 300 images, one thread", seconds(asked.seed)),
    }
    figures: dict[str, list[Row]] = {}
    for name, (title, rows) in parts.items():
        if asked.only in (None, name):
            figures[title] = list(rows)
            table(title, figures[title])
    print(file=sys.stderr)
    if asked.json:
        asked.json.write_text(json.dumps(figures, indent=1, allow_nan=False), encoding="utf-8")
    bounds = [row[_UPPER] for rows in figures.values() for row in rows if _UPPER in row]
    if bounds:
        print(f"\nworst upper bound of the type I error {max(bounds):.3f}, aim at most {BOUND}")


if __name__ == "__main__":
    main()
