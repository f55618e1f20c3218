"""How many raters or images a study needs for a wanted power."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from survey.statistics.expected_power import expected
from survey.statistics.operating import Share, operating
from survey.statistics.progress import Progress, Stop, never, unheard
from survey.statistics.simulation import Design, Population
from survey.statistics.verdict import MARGIN

Vary = Literal["raters", "images"]
Goal = Literal["distinguishable", "equivalent"]

MOST = {"raters": 1000, "images": 5000}
STEP = 1.08  # from one trial to the next
TRIALS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A design that was simulated, and how often it reached the goal."""

    design: Design
    power: Share


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """`found` is the smallest design tried that reaches `target`; None, and `reason` says why."""

    vary: Vary
    goal: Goal
    target: float
    trials: tuple[Trial, ...]  # in the order in which they were made
    found: Design | None
    reason: str


def needed(
    design: Design,
    population: Population,
    *,
    vary: Vary,
    goal: Goal,
    target: float = 0.8,
    margin: tuple[float, float] = MARGIN,
    runs: int = 1000,
    seed: int,
    progress: Progress = unheard,
    stop: Stop = never,
) -> Search:
    """Look for the number of raters, or of images at the design's mix of kinds, for a power.

    Of a design of pairs "images" are pairs.

    "equivalent" is asked of raters who guess (d' = 0), "distinguishable" of the population as it
    is. The closed form says where to begin; from there the simulation goes in steps of 8 % up or
    down, until its power crosses `target`. All trials have one seed, so that they differ by design
    and not by luck. `progress` hears of trials, out of the most that there can be. Raises
    `Stopped` where `stop()` says so, ValueError on a target outside 0 to 1.
    """
    if not 0 < target < 1:
        raise ValueError(f"a power lies between 0 and 1, such as 0.8; this is {target}")
    people = replace(population, d_prime=0.0) if goal == "equivalent" else population

    def quick(size: int) -> float:
        at = sized(design, vary, size)
        return float(getattr(expected(at, people, margin=margin), goal))

    if quick(MOST[vary]) < target:
        return Search(
            vary=vary,
            goal=goal,
            target=target,
            trials=(),
            found=None,
            reason=f"Even {MOST[vary]} {_noun(design, vary)} give a power of "
            f"{quick(MOST[vary]):.2f} only.",
        )
    trials: dict[int, Trial] = {}

    def power(size: int) -> float:
        if size not in trials:
            at = sized(design, vary, size)
            found = operating(at, people, margin=margin, runs=runs, seed=seed, stop=stop)
            trials[size] = Trial(design=at, power=getattr(found, goal))
            progress(len(trials), TRIALS)
        return trials[size].power.value

    least = 4 if vary == "images" and not design.pairs else 2
    size = _start(quick, least, vary, target)
    best = _descend(power, size, least, target) if power(size) >= target else None
    while best is None and size < MOST[vary] and len(trials) < TRIALS:
        size = min(max(size + 1, round(size * STEP)), MOST[vary])
        best = size if power(size) >= target else None
    return Search(
        vary=vary,
        goal=goal,
        target=target,
        trials=tuple(trials.values()),
        found=None if best is None else trials[best].design,
        reason=""
        if best is not None
        else f"No number of {_noun(design, vary)} that was tried reaches it.",
    )


def sized(design: Design, vary: Vary, size: int) -> Design:
    """Give the design with `size` raters, pairs, or images in its mix of artificial and real."""
    if vary == "raters":
        return replace(design, raters=size)
    if design.pairs:
        return replace(design, artificial=size, real=size)
    artificial = min(max(round(size * design.artificial / design.images), 2), size - 2)
    return replace(design, artificial=artificial, real=size - artificial)


def _noun(design: Design, vary: Vary) -> str:
    return "pairs" if design.pairs and vary == "images" else vary


def _start(quick: Callable[[int], float], least: int, vary: Vary, target: float) -> int:
    """Halve the interval: the closed form's power grows with the size."""
    low, high = least, MOST[vary]
    while low < high:
        middle = (low + high) // 2
        if quick(middle) >= target:
            high = middle
        else:
            low = middle + 1
    return low


def _descend(power: Callable[[int], float], size: int, least: int, target: float) -> int:
    for _ in range(TRIALS):
        smaller = min(size - 1, round(size / STEP))
        if smaller < least or power(smaller) < target:
            break
        size = smaller
    return size
