"""Studies of pairs, from rows to figures."""

import json

import numpy as np
import pandas as pd
import pytest

from survey.statistics.analysis_of_pairs import PairsAnalysis, analyse_pairs
from survey.statistics.bradley_terry import Strengths
from survey.statistics.clustered import Estimate
from survey.statistics.exclusions import Rules
from survey.statistics.pairs_model import PairsModel, fit_pairs
from survey.statistics.undefined import Undefined


def shown(raters: int = 8, pairs: int = 20, *, skill: float = 0.7, seed: int = 1) -> pd.DataFrame:
    """Pairs of two generators, sides dealt for each rater."""
    rng = np.random.default_rng(seed)
    left = rng.random((raters, pairs)) < 0.5
    felt = rng.normal(size=(raters, pairs)) + rng.normal(0, 0.5, pairs)
    felt += rng.normal(0, 0.3, (raters, 1))
    right = felt + skill > 0
    return pd.DataFrame(
        {
            "rater": np.repeat([f"R{number}" for number in range(raters)], pairs),
            "image": np.tile([str(number) for number in range(pairs)], raters),
            "truth": np.where(left.ravel(), "artificial", "real"),
            "decision": np.where((left == right).ravel(), "artificial", "real"),
            "arm": np.tile(np.where(np.arange(pairs) % 2, "a", "b"), raters),
        }
    )


def analysed(frame: pd.DataFrame, rules: Rules | None = None) -> PairsAnalysis:
    found = analyse_pairs(frame, rules=rules)
    json.dumps(found.to_json(), allow_nan=False)
    return found


def test_a_missing_column_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="no column truth"):
        analyse_pairs(shown().drop(columns="truth"))


@pytest.mark.parametrize(
    "frame",
    [
        pytest.param(shown().iloc[:0], id="no row"),
        pytest.param(shown().assign(decision=None), id="no answer"),
        pytest.param(shown(raters=1), id="one rater"),
        pytest.param(shown(pairs=1), id="one pair"),
        pytest.param(shown(skill=99), id="always right"),
    ],
)
def test_what_pairs_do_not_give_is_undefined(frame: pd.DataFrame) -> None:
    assert isinstance(analysed(frame).model, Undefined)


def test_sides_that_differ_between_raters_are_no_contradiction() -> None:
    found = analysed(shown())
    assert found.notes == ()
    assert len(found.pairs.raters) == len(found.raters) == 8
    assert all(one.total == 20 for one in found.pairs.raters)


def test_part_right_sensitivity_and_model_agree() -> None:
    found = analysed(shown(raters=20, pairs=60))
    part, model = found.pairs.part_right, found.model
    assert isinstance(part, Estimate) and isinstance(model, PairsModel)
    assert model.part_right == pytest.approx(part.value, abs=0.01)
    assert model.interval.low < 0.7 * np.sqrt(2) < model.interval.high
    assert model.p_value < 1e-4


def test_guessing_is_no_sensitivity() -> None:
    found = analysed(shown(raters=10, pairs=30, skill=0, seed=3))
    assert isinstance(found.model, PairsModel)
    assert found.model.interval.low < 0 < found.model.interval.high


def test_generators_are_ranked_against_real_images() -> None:
    found = analysed(shown())
    assert found.things == ("a", "b", "real")
    assert isinstance(found.strengths, Strengths)
    assert max(found.strengths.strengths[:2]) < 0  # real images are taken for real more often


def test_one_generator_is_not_ranked() -> None:
    assert isinstance(analysed(shown().assign(arm="")).strengths, Undefined)


def test_pairs_left_out_are_shown_with_and_without() -> None:
    frame = shown()
    frame["could_know"] = frame["rater"] == "R3"
    found = analysed(frame, Rules(leave_out_could_know=True))
    assert len(found.pairs.raters) == 7
    assert found.with_everybody is not None
    assert len(found.with_everybody.raters) == 8


def test_a_model_of_pairs_without_raters_is_undefined() -> None:
    assert isinstance(fit_pairs(np.zeros((0, 0))), Undefined)
