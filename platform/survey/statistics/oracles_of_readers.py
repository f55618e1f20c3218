"""Oracles 17 to 19, 22 and 24: random readers and random images."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from survey.statistics.arrays import Bools, Floats
from survey.statistics.laplace import at
from survey.statistics.laplace_fit import maximise
from survey.statistics.operating import operating
from survey.statistics.oracle import Check, check
from survey.statistics.primary import Primary, obuchowski_rockette
from survey.statistics.proportions import clopper_pearson
from survey.statistics.reference_cbpp import cbpp
from survey.statistics.reference_data import van_dyke
from survey.statistics.simulation import Design, Population
from survey.statistics.undefined import Undefined

FULL_RUNS, MOST = 4000, 0.07
DESIGNS = ((16, 12), (50, 50), (150, 150), (300, 300))
SEED = 24
LME4 = "-1.39855 -0.992336 -1.128675 -1.580304 0.642227"  # effects, standard deviation


def reader_checks() -> Iterator[Check]:
    """Recompute the two small tables of three readers."""
    yield check(
        18,
        "Three readers' graded scores: AUCs, error, degrees of freedom, 95 % interval",
        "0.84375 0.8125 0.71875 0.0579975 11.3728 0.66452 0.91881",
        _graded,
        source="derived",
    )
    yield check(
        19,
        "Three readers' decisions: accuracies, covariance, error, df, raw upper end",
        "0.708333 0.583333 0.875 -0.006366 0.0844828 2.0000 1.0857 1",
        _decided,
        source="derived",
        note="The last is the upper end as it is shown, cut to 1.",
    )


def van_dyke_checks(path: Path) -> Iterator[Check]:
    """Recompute Van Dyke's study, treatment 1."""
    yield check(
        17,
        "Five readers of MRI: AUCs, their mean",
        "0.919646 0.858776 0.903865 0.973108 0.829791 0.8970370",
        lambda: [*_van_dyke(path).per_reader, _van_dyke(path).accuracy],
        source="MRMCaov",
    )
    yield check(
        17,
        "The same: mean square, covariance, error, 95 % interval, degrees of freedom",
        "0.003082629 0.0004775239 0.03307642 0.8253461 0.9687280 12.59597",
        lambda: [
            _van_dyke(path).ms,
            _van_dyke(path).cov2,
            _van_dyke(path).se,
            *_van_dyke(path).interval(0.95),
            _van_dyke(path).df,
        ],
        source="MRMCaov",
    )


def cbpp_checks(path: Path) -> Iterator[Check]:
    """Refit lme4's example by Laplace's approximation."""
    yield check(
        22,
        "Mixed model of disease in herds: four effects, standard deviation of herds",
        LME4,
        lambda: _cbpp(path)[:5],
        tolerance=4e-5,
        source="lme4, test-glmer.R",
        note="Within 0.00004 and not half a digit: lme4's search stops where the likelihood is as "
        "flat as the last line of this oracle says.",
    )
    yield check(
        22,
        "The same: -2 log-likelihood",
        "184.0527",
        lambda: _cbpp(path)[5],
        tolerance=1.5e-4,
        source="lme4, test-glmer.R",
        note="Within 0.00015 and not half a digit. Smaller is better: lme4 tells 1.4e-4 more.",
    )
    yield check(
        22,
        "The same: how much -2 log-likelihood is lost at lme4's own estimates",
        "0.000000",
        lambda: _lost(path),
        source="lme4, test-glmer.R",
    )


def simulation_checks(*, runs: int) -> Iterator[Check]:
    """Simulate studies whose raters cannot tell, and count verdicts that say they can."""
    for artificial, real in DESIGNS:
        for skill_sd in (0.0, 0.4):
            yield _errors(artificial, real, skill_sd, runs)


def _errors(artificial: int, real: int, skill_sd: float, runs: int) -> Check:
    shorter = runs < FULL_RUNS
    bound = "lower" if shorter else "upper"
    found: dict[str, float] = {}

    def compute() -> str:
        share = operating(
            Design(raters=20, artificial=artificial, real=real),
            Population(d_prime=0, sd_rater_sensitivity=skill_sd),
            runs=runs,
            seed=SEED,
        ).discriminating
        interval = clopper_pearson(round(share.value * runs), runs)
        if isinstance(interval, Undefined):
            raise ArithmeticError(interval.reason)
        found["rate"] = share.value
        found["end"] = end = interval.low if shorter else interval.high
        return f"at most {MOST}" if end <= MOST else f"{end:.4f}"

    made = check(
        24,
        f"Wrong “can tell” verdicts, 20 raters, {artificial} + {real} images, rater skill SD "
        f"{skill_sd:g}: {bound} 95 % bound",
        (f"at most {MOST}",),
        compute,
        source="simulated, seeded",
    )
    told = made.note
    if found:
        told = (
            f"{100 * found['rate']:.1f} % of {runs} simulated studies; {bound} bound "
            f"{found['end']:.4f}."
        )
    if shorter:
        told += (
            f" Shortened from {FULL_RUNS} studies: it fails only where even the lower bound is "
            "too large; the benchmark asks the upper."
        )
    return replace(made, note=told)


def _table(positive: str, negative: str) -> tuple[Floats, Bools]:
    rows = [p + n for p, n in zip(positive.split(), negative.split(), strict=True)]
    scores = np.array([[float(digit) for digit in row] for row in rows])
    return scores, np.arange(scores.shape[1]) < len(positive.split()[0])


def _primary(scores: Floats, truth: Bools) -> Primary:
    found = obuchowski_rockette(scores, truth)
    if not isinstance(found, Primary):
        raise ArithmeticError(found.reason)
    return found


def _graded() -> list[object]:
    found = _primary(*_table("5434 4425 5332", "1234 2142 1323"))
    return [*found.per_reader, found.se, found.df, *found.interval(0.95)]


def _decided() -> list[object]:
    found = _primary(*_table("1101 1001 1110", "001 010 000"))
    raw, shown = found.interval(0.95, clip=False), found.interval(0.95)
    return [*found.per_reader, found.cov2, found.se, found.df, raw.high, shown.high]


def _van_dyke(path: Path) -> Primary:
    return _primary(*van_dyke(path))


def _cbpp(path: Path) -> list[object]:
    model = cbpp(path)
    fit = maximise(model, np.array([-1.0, 0.0, 0.0, 0.0, -0.5]))
    effects = fit.parameters[:4].tolist()
    return [*effects, fit.sd(model.terms[0].name), -2 * fit.point.log_likelihood]


def _lost(path: Path) -> float:
    """At most half of a millionth: where lme4 stopped is as good as the optimum found here."""
    *effects, sd = map(float, LME4.split())
    theirs = at(cbpp(path), np.array([*effects, np.log(sd)]))
    best = _cbpp(path)[5]
    if not isinstance(best, float):
        raise TypeError("the fit has no likelihood")
    return -2 * theirs.log_likelihood - best
