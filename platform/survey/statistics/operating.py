"""How often a design reaches which verdict, by simulating its studies."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from survey.statistics.arrays import Bools, Floats
from survey.statistics.bootstrap import double_bootstrap
from survey.statistics.clustered_batch import clustered_means
from survey.statistics.primary import obuchowski_rockette_batch
from survey.statistics.progress import Progress, Stop, never, unheard
from survey.statistics.simulation import Design, Population, blocks, decisions_of
from survey.statistics.stopping import Stopped
from survey.statistics.undefined import Undefined
from survey.statistics.verdict import MARGIN, Verdict, check_margin
from survey.statistics.verdicts import verdicts_of

RESAMPLES = 1000  # of one simulated study; the analysis of a closed one takes more

# Which images each rater of a study gets, (raters, images), for the number of the study.
Dealt = Callable[[Design, int], Bools]


@dataclass(frozen=True, slots=True)
class Share:
    """A part of simulated studies, with the standard error that their number leaves."""

    value: float
    se: float

    @classmethod
    def of(cls, count: int, runs: int) -> Share:
        # Half a study to each side: none of 200 does not mean never.
        likely = (count + 0.5) / (runs + 1)
        return cls(count / runs, math.sqrt(likely * (1 - likely) / runs))


@dataclass(frozen=True, slots=True)
class Mean:
    """An average over simulated studies, with its standard error."""

    value: float
    se: float

    @classmethod
    def of(cls, values: Floats) -> Mean:
        spread = float(values.std(ddof=1)) if len(values) > 1 else 0.0
        return cls(float(values.mean()), spread / math.sqrt(len(values)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Operating:
    """What studies of a design conclude about a population. `half_width`s are parts of 1."""

    accuracy: float  # the true one: `Population.accuracy`
    runs: int
    distinguishable: Share
    hyper_real: Share
    equivalent: Share
    inconclusive: Share
    undefined: Share  # studies in which nothing varied
    half_width95: Mean | None  # None where all are undefined
    half_width90: Mean | None
    coverage95: Share  # of the true accuracy, among all studies

    @property
    def discriminating(self) -> Share:
        """Verdicts that say that raters discriminate: at chance, the type I error."""
        count = round((self.distinguishable.value + self.hyper_real.value) * self.runs)
        return Share.of(count, self.runs)


def operating(
    design: Design,
    population: Population,
    *,
    margin: tuple[float, float] = MARGIN,
    runs: int,
    seed: int,
    dealt: Dealt | None = None,
    progress: Progress = unheard,
    stop: Stop = never,
) -> Operating:
    """Simulate `runs` studies and judge each as its analysis would.

    Where every rater judges every image, by Obuchowski and Rockette's interval. Where each judges a
    part, `dealt` says which, and the interval is that of the double bootstrap. Pairs have one
    interval for both. Raises `Stopped` where `stop()` says so, ValueError on a margin without 0.5,
    without runs, or where raters judge a part and nothing says which.
    """
    check_margin(margin)
    if runs < 1:
        raise ValueError("at least one study is simulated")
    if not design.crossed and dealt is None:
        raise ValueError("each rater judges a part of the images, and nothing says which")
    counts: dict[Verdict | None, int] = dict.fromkeys([*Verdict, None], 0)
    halves95, halves90, covered = [], [], 0
    done, truth = 0, population.accuracy(design)
    for felt in blocks(design, population, runs=runs, seed=seed):
        if stop():
            raise Stopped
        if design.pairs:
            wide, narrow = _of_pairs(felt, design, dealt, first=done)
        elif design.crossed or dealt is None:
            batch = obuchowski_rockette_batch(decisions_of(felt), design.truth)
            wide, narrow = batch.interval(0.95), batch.interval(0.90)
        else:
            ends = []
            for number, one in enumerate(felt, start=done):
                judged = dealt(design, number)
                ends.append(
                    bootstrap_ends(one, judged, design.truth, seed=seed + number, stop=stop)
                )
                progress(number + 1, runs)
            columns = np.array(ends).T
            wide, narrow = (columns[0], columns[1]), (columns[2], columns[3])
        for verdict in verdicts_of(wide, narrow, margin=margin):
            counts[verdict] += 1
        covered += int(((wide[0] <= truth) & (truth <= wide[1])).sum())
        halves95.append((wide[1] - wide[0]) / 2)
        halves90.append((narrow[1] - narrow[0]) / 2)
        done += len(felt)
        progress(done, runs)
    return Operating(
        accuracy=truth,
        runs=runs,
        distinguishable=Share.of(counts[Verdict.DISTINGUISHABLE], runs),
        hyper_real=Share.of(counts[Verdict.HYPER_REAL], runs),
        equivalent=Share.of(counts[Verdict.EQUIVALENT], runs),
        inconclusive=Share.of(counts[Verdict.INCONCLUSIVE], runs),
        undefined=Share.of(counts[None], runs),
        half_width95=_mean(halves95),
        half_width90=_mean(halves90),
        coverage95=Share.of(covered, runs),
    )


def _of_pairs(
    felt: Floats, design: Design, dealt: Dealt | None, *, first: int
) -> tuple[tuple[Floats, Floats], tuple[Floats, Floats]]:
    """Give the 95 and the 90 % intervals of studies of pairs, as `pairs` computes them."""
    judged = None
    if not design.crossed and dealt is not None:
        judged = np.stack([dealt(design, number) for number in range(first, first + len(felt))])
    batch = clustered_means(decisions_of(felt), judged)
    return batch.interval(0.95), batch.interval(0.90)


def bootstrap_ends(
    felt: Floats,
    judged: Bools,
    truth: Bools,
    *,
    seed: int,
    resamples: int = RESAMPLES,
    stop: Stop = never,
) -> tuple[float, float, float, float]:
    """Give the ends of the 95 and the 90 % interval of one study, NaN where it has none.

    `felt`, `judged` : (raters, images), impressions and who judges what; `truth` : (images,).
    """
    said = np.where(judged, decisions_of(felt).astype(np.float64), np.nan)
    found = double_bootstrap(said, truth, resamples=resamples, seed=seed, stop=stop)
    if isinstance(found, Undefined):
        return (math.nan,) * 4
    return *found.interval95, *found.interval90


def _mean(parts: list[Floats]) -> Mean | None:
    values = np.concatenate(parts)
    values = values[np.isfinite(values)]
    return Mean.of(values) if len(values) else None
