"""The area under the ROC curve of graded answers, and its error for new raters and new images."""

import numpy as np
import pandas as pd
import pytest

from survey.report.results import result_sections
from survey.statistics.analysis import Analysis, Options, analyse
from survey.statistics.bootstrap import Bootstrap, double_bootstrap
from survey.statistics.confidence import Confidence, mean_area
from survey.statistics.outcome import CROSSED, INCOMPLETE, NONE
from survey.statistics.primary import Primary, obuchowski_rockette
from survey.statistics.simulation import Design, Population, confidence_of, impressions
from survey.statistics.undefined import Undefined
from tests.survey_statistics.answers import made

FAST = Options(resamples=99, mixed_model=False)


def analysed(frame: pd.DataFrame) -> Analysis:
    return analyse(frame, FAST)


def confidence(frame: pd.DataFrame) -> Confidence:
    found = analysed(frame).figures["confidence"]
    assert isinstance(found, Confidence)
    return found


def told(frame: pd.DataFrame) -> str:
    sections = result_sections(analysed(frame).to_json(), {})
    (section,) = (one for one in sections if one.title == "Confidence")
    return section.paragraphs[0]


def test_every_rater_on_every_image_gives_the_interval_of_obuchowski_and_rockette() -> None:
    found = confidence(made())
    assert isinstance(found.auc, Primary)
    assert found.auc_method == CROSSED
    assert found.mean_auc == pytest.approx(found.auc.accuracy)
    low, high = found.auc.interval95
    assert f"(95 % interval {low:.2f} to {high:.2f} for new raters and new images" in told(made())


def test_missing_answers_give_the_interval_of_the_double_bootstrap() -> None:
    frame = made()
    frame.loc[3, "decision"] = None
    found = confidence(frame)
    assert isinstance(found.auc, Bootstrap)
    assert found.auc_method == INCOMPLETE
    assert found.mean_auc == pytest.approx(found.auc.accuracy)
    assert "double bootstrap" in told(frame)


def test_a_perfect_area_is_told_and_its_interval_undefined_with_the_reason() -> None:
    frame = made()
    frame = frame.assign(decision=frame["truth"], confidence=3)
    found = confidence(frame)
    assert found.mean_auc == 1
    assert (isinstance(found.auc, Undefined), found.auc_method) == (True, NONE)
    assert "is 1.00 (0.50 is guessing). Its interval is undefined: All raters are" in told(frame)


def test_answers_without_confidence_have_no_area_and_say_why() -> None:
    assert told(made(confidence=np.nan)) == (
        "There is no area under the ROC curve: Not every answer came with its confidence."
    )


def test_the_bootstrap_of_grades_has_the_error_of_obuchowski_and_rockette() -> None:
    # Two ways to one variance: their ratio over many studies is near 1.
    design, population = Design(raters=12, artificial=20, real=20), Population(d_prime=1.0)
    ratios = []
    for seed in range(30):
        felt = impressions(design, population, runs=1, rng=np.random.default_rng(seed))[0]
        grades = confidence_of(felt)
        exact = obuchowski_rockette(grades, design.truth)
        found = double_bootstrap(grades, design.truth, resamples=600, seed=1)
        assert isinstance(exact, Primary)
        assert isinstance(found, Bootstrap)
        assert found.accuracy == pytest.approx(exact.accuracy)
        ratios.append(found.se / exact.se)
    assert np.mean(ratios) == pytest.approx(1, abs=0.06)


def test_the_bootstrap_of_grades_with_missing_answers_errs_near_five_percent() -> None:
    design, guessing = Design(raters=20, artificial=30, real=30), Population(d_prime=0.0)
    rng = np.random.default_rng(6)
    missed = 0
    for seed in range(200):
        felt = impressions(design, guessing, runs=1, rng=np.random.default_rng(1000 + seed))[0]
        grades = confidence_of(felt).astype(float)
        grades[rng.random(grades.shape) < 0.6] = np.nan
        found = double_bootstrap(grades, design.truth, resamples=200, seed=1)
        assert isinstance(found, Bootstrap)
        missed += not found.interval95.low <= 0.5 <= found.interval95.high
    # Binomial: 5 % of 200 is 10; 21 or more, and 1 or fewer, have chances of 1 in 500 and less.
    assert 2 <= missed <= 20


def test_raters_of_one_kind_only_do_not_enter_the_mean_area() -> None:
    truth = np.array([True, True, False, False])
    grades = np.array([[6.0, 5.0, 1.0, 2.0], [6.0, 1.0, np.nan, np.nan]])
    assert mean_area(grades, truth) == 1
    assert isinstance(mean_area(grades[1:], truth), Undefined)
