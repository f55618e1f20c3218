"""Raters by what they said, and answers by whether the image was known: rates, not parts right."""

import numpy as np
import pandas as pd
import pytest

from survey.report.raters import expertise_section
from survey.statistics.analysis import Options, analyse
from survey.statistics.clustered import Estimate
from survey.statistics.groups import Group, familiarity_groups
from survey.statistics.tidy import answered, rows_of, tidied
from survey.statistics.undefined import Undefined
from tests.survey_statistics.answers import made


def groups_of(frame: pd.DataFrame) -> dict[str, Group]:
    rows = rows_of(answered(tidied(frame)[0]))
    return {one.name: one for one in familiarity_groups(rows)}


def always_real(seen_artificial: int) -> pd.DataFrame:
    """Raters say "real" to all; of 10 artificial images they had seen so many, of 8 real ones 4."""
    frame = made(raters=5, decision="real")
    number = frame["image"].astype(int)
    frame["seen_before"] = (number < seen_artificial) | ((number >= 10) & (number < 14))
    return frame


@pytest.mark.parametrize("seen_artificial", [2, 8])
def test_a_lean_and_a_mix_of_kinds_are_no_skill(seen_artificial: int) -> None:
    """Their plain part right would be 4/6 or 4/12 among the seen: they guess all the same."""
    found = groups_of(always_real(seen_artificial))
    for name in ("seen before", "not seen before"):
        assert found[name].value == 0.5
        assert isinstance(found[name].estimate, Undefined)  # no answer differs from another


def test_answers_about_one_kind_only_have_no_balanced_accuracy() -> None:
    frame = made()
    frame["seen_before"] = frame["truth"] == "real"
    found = groups_of(frame)
    assert found["seen before"].value == Undefined(
        "Such answers are about images of one kind only."
    )


def test_where_each_rater_judges_alike_many_the_error_is_that_of_the_raters_mean() -> None:
    """Linearised and clustered, it is then the t interval of the raters' own accuracies."""
    frame = made(raters=7, seen_before=True)
    found = groups_of(frame)["seen before"]
    wrong = frame["decision"] != frame["truth"]
    rates = 1 - wrong.groupby([frame["rater"], frame["truth"]]).mean().unstack()
    own = rates.mean(axis=1)
    assert found.value == pytest.approx(own.mean())
    assert isinstance(found.estimate, Estimate)
    assert found.estimate.se == pytest.approx(own.std(ddof=1) / np.sqrt(7))
    assert found.estimate.df == 6


def test_the_section_says_by_which_question_raters_are_compared() -> None:
    options = Options(resamples=99, mixed_model=False, expertise_question="Which microscope?")
    document = analyse(made(), options).to_json()
    section = expertise_section(document["figures"], document["options"]["expertise_question"])
    assert [row[0] for row in section.tables[0].rows] == ["Said: expert", "Said: novice"]
    assert "answers to the question “Which microscope?”, averaged" in section.tables[0].note
    assert "“Image”" not in section.tables[0].note  # nobody was asked
    assert section.tables[0].head[3] == "Balanced accuracy"


def test_where_nobody_said_anything_there_is_no_table() -> None:
    document = analyse(made(expertise=""), Options(resamples=99, mixed_model=False)).to_json()
    assert expertise_section(document["figures"], "Which?").tables == ()
