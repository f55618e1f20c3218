"""Validate this installation: published and exact values, recomputed here and now.

Libraries change and installations break; a study's figures are worth what these checks are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from survey.statistics.oracle import Check, not_run
from survey.statistics.oracles_of_agreement import agreement_checks
from survey.statistics.oracles_of_figures import figure_checks
from survey.statistics.oracles_of_readers import (
    FULL_RUNS,
    cbpp_checks,
    reader_checks,
    simulation_checks,
    van_dyke_checks,
)

VAN_DYKE, CBPP = "VanDyke.xlsx", "cbpp.csv"
_COMES_WITH = {
    VAN_DYKE: "the R package RJafroc (inst/JAFROC/VanDyke.xlsx)",
    CBPP: "the R package lme4 (its data cbpp, written as CSV)",
}


def validate(
    *,
    data: Path | None = None,
    runs: int | None = None,
    should_stop: Callable[[], bool] = lambda: False,
) -> list[Check]:
    """Rerun the oracles 1 to 24 of the method, in their order.

    `data` : the folder with `VanDyke.xlsx` and `cbpp.csv`, data of others that are not part of this
    program; without them their two oracles are not run, and say so. `runs` : simulated studies of
    each design of the last oracle; fewer than the method's 4,000 are told as shortened. A check
    that raises has failed; it is told and the others go on. Stops early, with what is there, where
    `should_stop()` says so.
    """
    found: list[Check] = []
    for group in _groups(data, runs or FULL_RUNS):
        for check in group:
            found.append(check)
            if should_stop():
                return found
    return sorted(found, key=lambda check: check.number)


def _groups(data: Path | None, runs: int) -> Iterator[Iterable[Check]]:
    yield agreement_checks()
    yield figure_checks()
    yield reader_checks()
    yield _from_file(data, VAN_DYKE, 17, "Five readers of MRI", van_dyke_checks)
    yield _from_file(data, CBPP, 22, "Mixed model of disease in herds", cbpp_checks)
    yield simulation_checks(runs=runs)


def _from_file(
    data: Path | None, name: str, number: int, what: str, checks: Callable[[Path], Iterable[Check]]
) -> Iterable[Check]:
    if data is None or not (data / name).is_file():
        why = (
            f"The data file {name} is not installed. Put it into the folder reference of the "
            "platform's data folder (SEMBLANCE_HOME), or name its folder by survey_validate "
            f"--data; it comes with {_COMES_WITH[name]}."
        )
        return [not_run(number, what, why)]
    return checks(data / name)
