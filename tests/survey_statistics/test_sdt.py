"""Signal detection against published worked examples and its own edges."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey.statistics.sdt import (
    Counts,
    accuracy,
    balanced_accuracy,
    count,
    criterion,
    d_prime,
    false_alarm_rate,
    hit_rate,
)
from survey.statistics.sentences import fooled, leaned, told_apart
from survey.statistics.undefined import Undefined


def counts(hits: int, artificial: int, alarms: int, real: int) -> Counts:
    return Counts(
        hits=hits,
        misses=artificial - hits,
        false_alarms=alarms,
        correct_rejections=real - alarms,
    )


@pytest.mark.parametrize("figure", [hit_rate, false_alarm_rate, accuracy, balanced_accuracy])
def test_no_answer_gives_undefined_with_a_reason_and_not_nan(figure: object) -> None:
    value = figure(Counts())  # type: ignore[operator]
    assert isinstance(value, Undefined)
    assert value.reason.endswith("judged.")


def test_only_real_images_give_no_d_prime() -> None:
    value = d_prime(counts(0, 0, 2, 12))
    assert value == Undefined("No artificial image was judged.")
    assert str(value) == "undefined"


def test_rates_of_one_are_undefined_without_a_correction() -> None:
    assert d_prime(counts(16, 16, 0, 12), correction="none") == Undefined(
        "The hit rate is 1; its normal quantile is infinite."
    )


def test_negative_counts_are_refused() -> None:
    with pytest.raises(ValueError, match="not negative"):
        Counts(hits=-1)


# Oracles 9 to 12 of the method: (hits, artificial, false alarms, real, correction, d', c).
ORACLES = [
    pytest.param(20, 25, 10, 25, "none", 1.094968, -0.294137, id="Macmillan & Creelman"),
    pytest.param(82, 100, 46, 100, "log-linear", 1.002793, -0.401960, id="statpsych signal"),
    pytest.param(8, 16, 2, 12, "none", 0.967422, 0.483711, id="paper"),
    pytest.param(8, 16, 2, 12, "log-linear", 0.869424, 0.434712, id="paper, log-linear"),
]


@pytest.mark.parametrize(("hits", "artificial", "alarms", "real", "correction", "d", "c"), ORACLES)
def test_d_prime_and_criterion_of_published_examples(
    hits: int, artificial: int, alarms: int, real: int, correction: str, d: float, c: float
) -> None:
    of = counts(hits, artificial, alarms, real)
    assert d_prime(of, correction=correction) == pytest.approx(d, abs=1e-6)  # type: ignore[arg-type]
    assert criterion(of, correction=correction) == pytest.approx(c, abs=1e-6)  # type: ignore[arg-type]


def test_a_perfect_rater_has_the_log_linear_d_prime_of_the_oracle() -> None:
    assert d_prime(counts(16, 16, 0, 12)) == pytest.approx(3.658335, abs=1e-6)


def test_the_paper_s_rates_come_out() -> None:
    paper = counts(8, 16, 2, 12)
    assert hit_rate(paper) == 0.5
    assert false_alarm_rate(paper) == pytest.approx(1 / 6)
    assert balanced_accuracy(paper) == pytest.approx(2 / 3)
    assert accuracy(paper) == pytest.approx(18 / 28)


def test_answers_are_counted_by_truth_and_decision() -> None:
    answers = [(True, True), (True, False), (True, False), (False, True), (False, False)]
    assert count(answers) == counts(1, 3, 1, 2)
    assert count(answers[:2]) + count(answers[2:]) == count(answers)


@given(st.integers(1, 60), st.integers(1, 60), st.data())
def test_swapping_the_answers_turns_the_criterion_and_keeps_d_prime(
    artificial: int, real: int, data: st.DataObject
) -> None:
    hits, alarms = data.draw(st.integers(0, artificial)), data.draw(st.integers(0, real))
    of = counts(hits, artificial, alarms, real)
    mirrored = counts(real - alarms, real, artificial - hits, artificial)
    assert d_prime(mirrored) == pytest.approx(d_prime(of), abs=1e-9)
    assert criterion(mirrored) == pytest.approx(-_number(criterion(of)), abs=1e-9)


def _number(value: float | Undefined) -> float:
    assert not isinstance(value, Undefined)
    return value


def test_sentences_say_what_the_figures_say() -> None:
    paper = counts(8, 16, 2, 12)
    assert told_apart(paper, who="you") == (
        "You told them apart in part (d-prime 0.87; 0 is guessing)."
    )
    assert leaned(paper, who="you") == (
        "When in doubt you said “real” (criterion +0.43; 0 is no lean)."
    )
    assert fooled(paper) == (
        "8 of 16 judgements of artificial images said “real”; "
        "2 of 12 of real images said “artificial”."
    )
    assert "cannot be said. No real image was judged." in told_apart(counts(1, 2, 0, 0), who="you")
    assert "hardly or not at all (d-prime 0.00; 0 is guessing)" in told_apart(
        counts(5, 10, 5, 10), who="you"
    )
    assert "almost always" in told_apart(counts(50, 50, 0, 50), who="you")
    assert "more often than a coin" in told_apart(counts(1, 10, 9, 10), who="you")
    assert "Neither answer came much more easily" in leaned(counts(5, 10, 5, 10), who="you")
    assert "“artificial”" in leaned(counts(9, 10, 8, 10), who="you")
    assert fooled(Counts()) == "No image was judged."
