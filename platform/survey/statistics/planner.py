"""What a design can and cannot conclude, said before anyone is asked.

A plan holds two simulations: one of the population that is expected, one of raters who guess. The
second says whether the design could ever conclude "equivalent".
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from survey.statistics.expected_power import Expected, expected
from survey.statistics.operating import Dealt, Mean, Operating, operating
from survey.statistics.portable import to_json
from survey.statistics.progress import Progress, Stop, never, unheard
from survey.statistics.simulation import Design, Population, from_rates
from survey.statistics.verdict import CHANCE, MARGIN

RUNS = 2000
ENOUGH = 0.8  # the power that is usually asked for

# Bals & Epple 2023: 16 artificial and 12 real images, 20 raters, 8/16 and 2/12 called artificial.
PAPER_DESIGN = Design(raters=20, artificial=16, real=12)
PAPER_POPULATION = from_rates(8 / 16, 2 / 12)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A design, what was assumed, and what follows. `as_json` makes plain data of it."""

    design: Design
    population: Population
    margin: tuple[float, float]
    runs: int
    seed: int
    as_expected: Operating
    at_chance: Operating  # the same raters and images, but d' = 0
    # A check on the simulation of what is expected; there is none where raters judge a part.
    closed_form: Expected | None
    can_conclude_equivalence: bool
    statements: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        document: dict[str, Any] = to_json(self)
        return document


def plan(
    design: Design,
    population: Population,
    *,
    margin: tuple[float, float] = MARGIN,
    runs: int = RUNS,
    seed: int,
    dealt: Dealt | None = None,
    progress: Progress = unheard,
    stop: Stop = never,
) -> Plan:
    """Simulate a design. `progress` hears of studies done out of all of both simulations.

    `dealt` as in `operating`. Raises `Stopped` where `stop()` says so, ValueError on a margin
    without 0.5, or where raters judge a part of the images and nothing says which.
    """
    guessing = replace(population, d_prime=0.0)
    chance = operating(
        design,
        guessing,
        margin=margin,
        runs=runs,
        seed=seed,
        dealt=dealt,
        progress=lambda done, _: progress(done, 2 * runs),
        stop=stop,
    )
    hoped = operating(
        design,
        population,
        margin=margin,
        runs=runs,
        seed=seed + 1,
        dealt=dealt,
        progress=lambda done, _: progress(runs + done, 2 * runs),
        stop=stop,
    )
    reach = margin_reach(margin)
    able = chance.half_width90 is not None and chance.half_width90.value <= reach
    return Plan(
        design=design,
        population=population,
        margin=margin,
        runs=runs,
        seed=seed,
        as_expected=hoped,
        at_chance=chance,
        closed_form=expected(design, population, margin=margin) if design.crossed else None,
        can_conclude_equivalence=able,
        statements=(
            _on_equivalence(design, guessing, chance, margin, able=able),
            _on_discrimination(design, hoped),
        ),
    )


def margin_reach(margin: tuple[float, float]) -> float:
    """Give the half-width that an interval about chance may have and lie inside the margin."""
    return min(CHANCE - margin[0], margin[1] - CHANCE)


def _on_equivalence(
    design: Design,
    guessing: Population,
    chance: Operating,
    margin: tuple[float, float],
    *,
    able: bool,
) -> str:
    inside = f"{margin[0]:.2f} to {margin[1]:.2f}"
    if chance.half_width90 is None:
        return "This design cannot conclude anything: its answers do not vary."
    half = chance.half_width90.value
    if able:
        return (
            f"If raters guess, {_percent(chance.equivalent.value)} of such studies conclude "
            f"equivalence within {inside}{_enough(chance.equivalent.value)}."
        )
    said = (
        f"This design cannot conclude equivalence: its 90 % interval is expected to reach "
        f"{half:.3f} to either side, the margin {inside} allows {margin_reach(margin):.3f}."
    )
    endless = expected(design, guessing, margin=margin).half_width90_of_endless_raters
    if endless > margin_reach(margin):
        said += (
            f" More raters do not help: with any number of them it stays above {endless:.3f}. "
            f"It takes more {'pairs' if design.pairs else 'images'}."
        )
    return said


def _on_discrimination(design: Design, hoped: Operating) -> str:
    verdict, share = ("distinguishable", hoped.distinguishable)
    if hoped.accuracy < CHANCE:
        verdict, share = ("hyper-real", hoped.hyper_real)
    of = "part of pairs judged rightly" if design.pairs else "balanced accuracy"
    accuracy = f"a {of} of {hoped.accuracy:.3f}"
    half: Mean | None = hoped.half_width95
    if half is not None and abs(hoped.accuracy - CHANCE) > half.value:
        return (
            f"At {accuracy}, {_percent(share.value)} of such studies conclude "
            f"“{verdict}”{_enough(share.value)}."
        )
    if half is None or hoped.accuracy == CHANCE:
        return f"At {accuracy} there is nothing to tell apart."
    return (
        f"This design can hardly notice {accuracy}: its 95 % interval is expected to reach "
        f"{half.value:.3f} to either side; {_percent(share.value)} of such studies conclude "
        f"“{verdict}”."
    )


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _enough(share: float) -> str:
    return "" if share >= ENOUGH else f", fewer than the usual {_percent(ENOUGH)}"
