"""The verdict's table, cell by cell."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from survey.statistics.arrays import Floats
from survey.statistics.undefined import Undefined
from survey.statistics.verdict import Finding, Verdict, verdict_of
from survey.statistics.verdicts import verdicts_of

D, H, E, INC = (
    Verdict.DISTINGUISHABLE,
    Verdict.HYPER_REAL,
    Verdict.EQUIVALENT,
    Verdict.INCONCLUSIVE,
)
CELLS = [
    # 95 % interval, 90 % interval, verdict, by less than the margin
    pytest.param((0.60, 0.80), (0.62, 0.78), D, False, id="wholly above chance"),
    pytest.param((0.20, 0.40), (0.22, 0.38), H, False, id="wholly below chance"),
    pytest.param((0.46, 0.54), (0.47, 0.53), E, False, id="holds chance, inside the margin"),
    pytest.param((0.44, 0.56), (0.46, 0.54), E, False, id="only the 90 % interval inside"),
    pytest.param((0.40, 0.60), (0.42, 0.58), INC, False, id="too wide"),
    pytest.param((0.48, 0.60), (0.49, 0.59), INC, False, id="past the margin above"),
    pytest.param((0.40, 0.52), (0.41, 0.51), INC, False, id="past the margin below"),
    pytest.param((0.49, 0.60), (0.51, 0.58), INC, False, id="only the 90 % excludes chance"),
    pytest.param((0.51, 0.54), (0.512, 0.538), D, True, id="above, by less than the margin"),
    pytest.param((0.46, 0.49), (0.462, 0.488), H, True, id="below, by less than the margin"),
    pytest.param((0.51, 0.56), (0.52, 0.549), D, True, id="above, 95 % past the margin"),
    # boundaries: an interval's ends belong to it, and the margin's ends to the margin
    pytest.param((0.50, 0.70), (0.52, 0.68), INC, False, id="touches chance from above"),
    pytest.param((0.30, 0.50), (0.32, 0.48), INC, False, id="touches chance from below"),
    pytest.param((0.44, 0.56), (0.45, 0.55), E, False, id="is the margin"),
    pytest.param((0.44, 0.56), (0.4499, 0.55), INC, False, id="leaves the margin by a hair"),
    pytest.param((0.44, 0.56), (0.45, 0.5501), INC, False, id="leaves it by a hair above"),
    pytest.param((0.5001, 0.57), (0.501, 0.55), D, True, id="above, 90 % touches the margin"),
    pytest.param((0.5001, 0.57), (0.501, 0.5501), D, False, id="above, 90 % leaves the margin"),
    pytest.param((0.50, 0.52), (0.501, 0.519), E, False, id="touches chance, inside the margin"),
]


@pytest.mark.parametrize(("wide", "narrow", "verdict", "by_less"), CELLS)
def test_each_cell_of_the_table(
    wide: tuple[float, float], narrow: tuple[float, float], verdict: Verdict, by_less: bool
) -> None:
    assert verdict_of(wide, narrow) == Finding(verdict, by_less)


@pytest.mark.parametrize(("wide", "narrow", "verdict", "by_less"), CELLS)
def test_many_at_once_are_decided_alike(
    wide: tuple[float, float], narrow: tuple[float, float], verdict: Verdict, by_less: bool
) -> None:
    def ends(interval: tuple[float, float]) -> tuple[Floats, Floats]:
        return np.array([interval[0]] * 2), np.array([interval[1]] * 2)

    assert list(verdicts_of(ends(wide), ends(narrow))) == [verdict, verdict]


def test_an_undefined_interval_gives_no_verdict() -> None:
    why = Undefined("Fewer than two raters.")
    assert verdict_of(why, (0.4, 0.6)) == why
    assert verdict_of((0.4, 0.6), why) == why
    nothing, some = np.array([np.nan]), np.array([0.4])
    assert list(verdicts_of((nothing, nothing), (some, some))) == [None]


@pytest.mark.parametrize("margin", [(0.5, 0.6), (0.55, 0.45), (-0.1, 0.6), (0.4, 1.1)])
def test_a_margin_that_does_not_hold_chance_is_refused(margin: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match=r"about 0\.5"):
        verdict_of((0.4, 0.6), (0.4, 0.6), margin=margin)


def test_a_wider_margin_may_turn_inconclusive_into_equivalent() -> None:
    assert verdict_of((0.4, 0.6), (0.42, 0.58), margin=(0.4, 0.6)) == Finding(E)


def test_a_finding_reads_as_words() -> None:
    assert str(Finding(H)) == "hyper-real"
    assert str(Finding(D, True)) == "distinguishable, by less than the margin"


parts = st.floats(0, 1)


@settings(max_examples=60, deadline=None)
@given(st.tuples(parts, parts, parts, parts).map(sorted))
def test_what_is_equivalent_never_excludes_chance_and_mirrors(ends: list[float]) -> None:
    wide, narrow = (ends[0], ends[3]), (ends[1], ends[2])
    found = verdict_of(wide, narrow, margin=(0.25, 0.75))
    mirrored = verdict_of(
        (1 - wide[1], 1 - wide[0]), (1 - narrow[1], 1 - narrow[0]), margin=(0.25, 0.75)
    )
    assert isinstance(found, Finding) and isinstance(mirrored, Finding)
    if found.verdict == E:
        assert wide[0] <= 0.5 <= wide[1]
    swap = {D: H, H: D}
    edge = any(abs(abs(end - 0.5) - 0.25) < 1e-9 or abs(end - 0.5) < 1e-9 for end in ends)
    assert edge or mirrored.verdict == swap.get(found.verdict, found.verdict)
