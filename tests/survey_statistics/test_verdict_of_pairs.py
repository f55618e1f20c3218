"""What is concluded of pairs: by the rules for single images, never from an estimate alone."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from survey.figures.of_study import drawings_of
from survey.report.pairs import pairs_headline
from survey.report.results import result_sections
from survey.statistics.analysing import analysed
from survey.statistics.analysis_of_pairs import analyse_pairs
from survey.statistics.arrays import Floats
from survey.statistics.clustered import Estimate
from survey.statistics.exclusions import Rules
from survey.statistics.laplace_fit import Fit, maximise
from survey.statistics.mixed_figures import NOT_CONVERGED
from survey.statistics.pairs import pairs
from survey.statistics.pairs_model import PairsModel, fit_pairs
from survey.statistics.verdict import Finding, Verdict
from tests.survey_statistics.test_analysis_of_pairs import shown


def rightly(part: float, *, raters: int = 80, count: int = 200) -> Floats:
    """Answers that are right with one probability: raters are all alike, and so are pairs."""
    return np.asarray(np.random.default_rng(5).random((raters, count)) < part, dtype=np.float64)


@pytest.mark.parametrize(
    ("part", "verdict", "less"),
    [
        (0.7, Verdict.DISTINGUISHABLE, False),
        (0.53, Verdict.DISTINGUISHABLE, True),
        (0.3, Verdict.HYPER_REAL, False),
        (0.47, Verdict.HYPER_REAL, True),
        (0.5, Verdict.EQUIVALENT, False),
    ],
)
def test_pairs_are_judged_by_two_intervals_and_the_margin(
    part: float, verdict: Verdict, less: bool
) -> None:
    """16,000 answers of one probability: their error is 0.004, the margin is twelve times that."""
    found = pairs(rightly(part), margin=(0.45, 0.55))
    assert isinstance(found.part_right, Estimate)
    assert found.part_right.value == pytest.approx(part, abs=0.01)
    assert isinstance(found.finding, Finding)
    assert found.finding.verdict == verdict
    assert found.finding.by_less_than_margin is less


def test_few_pairs_at_chance_are_inconclusive_and_no_evidence_of_sameness() -> None:
    frame = shown(raters=5, pairs=12, skill=0, seed=3)
    document = analyse_pairs(frame).to_json()
    assert document["pairs"]["finding"]["verdict"] == Verdict.INCONCLUSIVE
    told = pairs_headline(document)
    assert told.startswith("These answers do not settle whether")
    assert told.endswith("That is no evidence that they cannot.")
    assert "explain" not in told


def test_the_interval_for_equivalence_is_the_t_interval_at_90_percent() -> None:
    from scipy.stats import t

    found = pairs(rightly(0.6), margin=(0.45, 0.55))
    assert isinstance(found.part_right, Estimate)
    half = t.ppf(0.95, found.part_right.df) * found.part_right.se
    middle = found.part_right.value
    assert found.interval90 == pytest.approx((middle - half, middle + half))


@pytest.mark.parametrize("verdict", list(Verdict))
def test_every_verdict_of_pairs_has_a_sentence_of_its_own(verdict: Verdict) -> None:
    found = pairs(
        rightly({"distinguishable": 0.7, "hyper-real": 0.3}.get(verdict, 0.5)),
        # A margin that no interval fits into leaves chance inconclusive.
        margin=(0.49999, 0.50001) if verdict == Verdict.INCONCLUSIVE else (0.45, 0.55),
    )
    assert isinstance(found.finding, Finding)
    assert found.finding.verdict == verdict
    starts = {
        "distinguishable": "People like these raters can tell the artificial image of such pairs",
        "hyper-real": "People like these raters take the artificial image of such pairs for the",
        "equivalent": "People like these raters cannot tell the artificial image of such pairs",
        "inconclusive": "These answers do not settle whether",
    }
    assert found.sentence.startswith(starts[verdict])


def test_the_margin_of_the_plan_decides_over_pairs() -> None:
    frame = shown(raters=40, pairs=120, skill=0, seed=1)
    narrow = analyse_pairs(frame, margin=(0.499, 0.501)).to_json()
    wide = analyse_pairs(frame, margin=(0.3, 0.7)).to_json()
    assert narrow["pairs"]["finding"]["verdict"] == Verdict.INCONCLUSIVE
    assert wide["pairs"]["finding"]["verdict"] == Verdict.EQUIVALENT
    assert "within 30.0 to 70.0" in wide["pairs"]["sentence"]


def test_the_interval_of_pairs_is_drawn_against_chance_and_margin_as_planned_and_with_all() -> None:
    frame = shown()
    frame["could_know"] = frame["rater"] == "R3"
    rules = Rules(leave_out_could_know=True)
    document = analyse_pairs(frame, rules=rules).to_json()
    drawn = drawings_of(document, [], width_px=1, height_px=1)
    drawing = drawn["verdict"]
    assert [row["what"] for row in drawing.rows] == ["As planned", "With everybody"]
    planned, with_all = drawing.rows
    part = document["pairs"]["part_right"]
    assert planned["right"] == part["value"]
    assert (planned["low95"], planned["high95"]) == tuple(part["interval"].values())
    assert planned["low95"] < planned["low90"] < planned["right"] < planned["high90"]
    assert with_all["right"] == document["with_everybody"]["part_right"]["value"]
    assert "Pairs judged rightly" in drawing.svg()
    sections = {one.title: one for one in result_sections(document, drawn)}
    assert sections["Told apart?"].drawings == [drawing]
    (told, *_) = sections["Who was left out"].paragraphs
    assert told == f"With everybody it would read: {document['with_everybody']['sentence']}"


def repeated(frame: pd.DataFrame) -> pd.DataFrame:
    """Each rater judges five pairs again, and changes their mind on the first of them."""
    again = frame.groupby("rater").head(5).assign(kind="repeat")
    first = ~again["rater"].duplicated()
    other = np.where(again["decision"] == "real", "artificial", "real")
    return pd.concat([frame, again.assign(decision=again["decision"].where(~first, other))])


def test_pairs_shown_twice_give_test_retest_agreement_and_enter_nothing_else() -> None:
    frame = shown().assign(kind="main")
    once, twice = (analyse_pairs(one).to_json() for one in (frame, repeated(frame)))
    assert once["pairs"] == twice["pairs"]
    again = twice["retest"]
    assert (again["pairs"], again["raters"], again["raw"]) == (40, 8, 0.8)
    section = next(one for one in result_sections(twice, {}) if one.title == "Agreement")
    assert section.tables[0].rows[0][:3] == ["All pairs", "40", "80 %"]
    titles = [one.title for one in result_sections(once, {})]
    assert "Agreement" not in titles


def test_a_repeat_with_its_sides_swapped_is_the_same_choice_of_an_image() -> None:
    frame = shown().assign(kind="main")
    swapped = frame.copy()
    for name in ("truth", "decision"):
        swapped[name] = np.where(frame[name] == "real", "artificial", "real")
    document = analyse_pairs(pd.concat([frame, swapped.assign(kind="repeat")])).to_json()
    assert document["retest"]["raw"] == 1


def test_a_model_of_pairs_says_which_spread_is_none() -> None:
    """Rows and columns that differ less than chance makes them differ leave no spread at all."""
    row = np.arange(24) % 3 > 0
    found = fit_pairs(np.array([np.roll(row, number) for number in range(12)], dtype=float))
    assert isinstance(found, PairsModel)
    assert found.converged
    assert found.sd_raters == found.sd_pairs == 0
    assert len(found.notes) == 2
    document = analyse_pairs(shown()).to_json()
    document["model"]["notes"] = list(found.notes)
    note = result_sections(document, {})[0].tables[0].note
    assert all(one in note for one in found.notes)


def test_a_search_that_does_not_settle_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    import survey.statistics.pairs_model as module

    whole = maximise

    def short(*given: Any, **named: Any) -> Fit:
        fit = whole(*given, **named)
        return Fit(fit.model, fit.parameters, fit.covariance, fit.point, False, fit.dropped)

    monkeypatch.setattr(module, "maximise", short)
    found = fit_pairs(rightly(0.7))
    assert isinstance(found, PairsModel)
    assert not found.converged
    assert NOT_CONVERGED in found.notes


def test_a_row_without_its_other_image_is_refused_with_what_to_do() -> None:
    table = "rater,image,other,truth,decision\nR1,1,2,real,real\nR1,3,,real,real\n"
    with pytest.raises(ValueError, match=r"row 3 .*no second image.*column other"):
        analysed(table, {"margin": [0.45, 0.55]}, task="pairs")
