"""What stands under the verdict never says another verdict: it gives numbers."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey.statistics.analysis import Analysis, Options, analyse
from survey.statistics.sdt import Counts
from survey.statistics.sentences import pooled
from survey.statistics.undefined import Undefined
from survey.statistics.verdict import Verdict
from tests.survey_statistics.answers import made

# Words by which a sentence would conclude that raters can, cannot, or guess.
CONCLUDES = re.compile(
    r"\b(coin|better|cannot tell|can tell|told (them )?apart|no (difference|lean to)|neither|"
    r"hardly|not at all|as (well|good) as|a little|in part|almost|took)\b",
    re.IGNORECASE,
)


def of_study(*, raters: int, images: int, d_prime: float, seed: int) -> Analysis:
    frame = made(raters, images, images, d_prime=d_prime, seed=seed)
    return analyse(frame, Options(resamples=99, mixed_model=False))


def told_below(found: Analysis) -> str:
    return " ".join(found.figures["rates"].sentences[1:])


def test_a_small_d_prime_that_many_answers_prove_is_not_called_guessing() -> None:
    found = of_study(raters=20, images=150, d_prime=0.25, seed=1)
    assert not isinstance(found.primary.finding, Undefined)
    assert found.primary.finding.verdict == Verdict.DISTINGUISHABLE
    value = found.figures["rates"].d_prime_log_linear
    assert 0.1 < value < 0.25
    assert f"d-prime was {value:.2f} (log-linear; 0 is guessing" in told_below(found)
    assert not CONCLUDES.search(told_below(found))


@pytest.mark.parametrize(
    ("raters", "images", "d_prime", "verdict"),
    [
        (20, 150, 0.25, Verdict.DISTINGUISHABLE),
        (20, 150, -0.5, Verdict.HYPER_REAL),
        (6, 6, 0.0, Verdict.INCONCLUSIVE),
        (20, 300, 0.0, Verdict.EQUIVALENT),
    ],
)
def test_under_no_verdict_is_another_concluded(
    raters: int, images: int, d_prime: float, verdict: Verdict
) -> None:
    found = of_study(raters=raters, images=images, d_prime=d_prime, seed=1)
    assert not isinstance(found.primary.finding, Undefined)
    assert found.primary.finding.verdict == verdict
    assert not CONCLUDES.search(told_below(found))


@given(st.tuples(*[st.integers(0, 400)] * 4))
def test_pooled_sentences_conclude_nothing_whatever_was_answered(cells: tuple[int, ...]) -> None:
    hits, misses, alarms, rejections = cells
    counts = Counts(hits=hits, misses=misses, false_alarms=alarms, correct_rejections=rejections)
    told = " ".join(pooled(counts))
    assert not CONCLUDES.search(told)
    assert "nan" not in told and "-0.00" not in told
    assert ("can be given" in told) == (not counts.artificial or not counts.real)
