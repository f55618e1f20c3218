"""The one sentence that a chemist reads, for each verdict."""

import pytest

from survey.statistics.sentences import verdict_sentence
from survey.statistics.undefined import Undefined
from survey.statistics.verdict import Finding, Verdict


def told(verdict: Verdict, low: float, high: float, *, less: bool = False) -> str:
    wide, narrow = (low, high), (low + 0.005, high - 0.005)
    return verdict_sentence(Finding(verdict, less), (low + high) / 2, wide, narrow)


def test_nothing_concluded_says_why() -> None:
    why = Undefined("Fewer than two raters.")
    sentence = verdict_sentence(why, why, why, why)
    assert (
        sentence == "Nothing can be concluded for other raters and images. Fewer than two raters."
    )


def test_a_verdict_without_its_intervals_is_refused() -> None:
    why = Undefined("No.")
    with pytest.raises(TypeError, match="its intervals"):
        verdict_sentence(Finding(Verdict.EQUIVALENT), 0.5, why, why)


def test_distinguishable_says_how_often_they_are_right() -> None:
    assert told(Verdict.DISTINGUISHABLE, 0.6, 0.74) == (
        "People like these raters can tell such artificial images from real ones: they judge "
        "about 67 of 100 images rightly, both kinds counting alike, where guessing gives 50 "
        "(95 % interval 60.0 to 74.0)."
    )


def test_a_difference_below_the_margin_is_called_so() -> None:
    sentence = told(Verdict.DISTINGUISHABLE, 0.51, 0.54, less=True)
    assert sentence.endswith("smaller than the margin that was set, 45.0 to 55.0.")


def test_hyper_real_says_which_way() -> None:
    assert "for real more often than real ones" in told(Verdict.HYPER_REAL, 0.3, 0.4)


def test_equivalent_names_the_margin_and_the_narrow_interval() -> None:
    sentence = told(Verdict.EQUIVALENT, 0.46, 0.53)
    assert "cannot tell" in sentence
    assert "46.5 to 52.5" in sentence and "45.0 to 55.0" in sentence


def test_inconclusive_is_no_evidence_of_equivalence() -> None:
    assert told(Verdict.INCONCLUSIVE, 0.4, 0.6).endswith("That is no evidence that they cannot.")
