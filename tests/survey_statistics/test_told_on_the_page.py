"""Figures that the document holds are told where a reader looks for them."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from survey.figures.drawing import COUNTS, LEFT_OUT
from survey.figures.of_study import drawings_of
from survey.report.content import Section
from survey.report.results import result_sections
from survey.report.words import interval, number, p_value, part, undefined_note
from survey.statistics.analysis import Options, analyse
from survey.statistics.analysis_of_pairs import analyse_pairs
from survey.statistics.exclusions import Rules
from survey.statistics.verdict import Verdict
from tests.survey_statistics.answers import made

FAST = Options(resamples=99, mixed_model=False)


def document_of(frame: pd.DataFrame, options: Options = FAST) -> dict[str, Any]:
    return analyse(frame, options).to_json()


def section_of(document: dict[str, Any], title: str) -> Section:
    (found,) = (one for one in result_sections(document, {}) if one.title == title)
    return found


def repeated(frame: pd.DataFrame) -> pd.DataFrame:
    """Each rater judges four images again, and says something else of the first."""
    again = frame.groupby("rater").head(4).assign(kind="repeat")
    first = ~again["rater"].duplicated()
    other = np.where(again["decision"] == "real", "artificial", "real")
    return pd.concat([frame, again.assign(decision=again["decision"].where(~first, other))])


def test_d_prime_and_criterion_of_all_answers_come_with_the_log_linear_correction() -> None:
    document = document_of(made())
    rates = document["figures"]["rates"]
    rows = {row[0]: row[1] for row in section_of(document, "Told apart?").tables[0].rows}
    corrected = rates["d_prime_log_linear"]
    assert corrected < rates["d_prime"]
    assert rows["d-prime of these rates (0 is guessing)"] == (
        f"{rates['d_prime']:.2f} (log-linear {corrected:.2f})"
    )
    assert (
        f"(log-linear {number(rates['criterion_log_linear'])})"
        in (rows["Criterion of these rates (above 0 leans to “real”)"])
    )


def test_confidence_says_whether_raters_know_when_they_are_right() -> None:
    document = document_of(made())
    found = document["figures"]["confidence"]["calibration"]["type2_auc"]
    told = section_of(document, "Confidence").paragraphs[1]
    assert f"in {part(found)} of cases" in told
    assert f"interval {interval(found)};" in told
    blind = document_of(made(confidence=np.nan))
    assert "cannot be said: No rater gave both" in section_of(blind, "Confidence").paragraphs[1]


def test_drifts_of_rightness_lean_and_time_are_one_sentence() -> None:
    frame = made(raters=4)
    # Each image later takes 1 % longer, and from the tenth on all is called artificial.
    frame["response_ms"] = 1000 * 1.01 ** frame["position"] * (1 + 0.01 * (frame.index % 3))
    late = frame["position"] > 9
    frame.loc[late, "decision"] = "artificial"
    document = document_of(frame)
    course = document["figures"]["course"]
    (told, *_) = section_of(document, "Over the session").paragraphs
    assert f"“artificial” by {100 * course['artificial_per_ten']['value']:+.1f} points" in told
    assert "answers took 1.1" in told  # 1.01 to the power of 10
    assert "1.10" in f"{np.exp(course['log_ms_per_ten']['value']):.2f}"


def test_a_course_without_positions_is_undefined_with_its_reason() -> None:
    (told, *_) = section_of(document_of(made(position=np.nan)), "Over the session").paragraphs
    assert told.endswith("cannot be said: No answer has a position.")


def test_the_same_rater_twice_has_a_kappa() -> None:
    document = document_of(repeated(made()))
    again = document["figures"]["retest"]
    table = section_of(document, "Agreement").tables[1]
    place = list(table.head).index("Cohen's kappa")
    assert table.rows[0][place] == number(again["all"]["kappa"]["kappa"])


def test_a_kappa_that_is_undefined_says_why() -> None:
    table = section_of(document_of(repeated(made(decision="real"))), "Agreement").tables[1]
    assert "undefined" in table.rows[0]
    assert "Undefined: " in table.note


def test_each_rater_s_tests_stand_in_a_folded_table() -> None:
    document = document_of(made())
    table = section_of(document, "Raters: able to tell, or leaning?").tables[1]
    assert table.summary
    for row, one in zip(table.rows, document["figures"]["raters"], strict=True):
        assert row[3:6] == [
            p_value(one[key]) for key in ("binomial_p", "binomial_p_holm", "fisher_p")
        ]


def test_each_generator_s_verdict_is_told_in_words() -> None:
    document = document_of(made())
    table = section_of(document, "Generators side by side").tables[0]
    verdicts = document["figures"]["arm_verdicts"]
    assert [row[0] for row in table.rows] == list(verdicts) == ["a", "b"]
    for row, outcome in zip(table.rows, verdicts.values(), strict=True):
        assert row[1].startswith(outcome["finding"]["verdict"].capitalize())


@pytest.mark.parametrize("verdict", list(Verdict))
def test_every_verdict_of_a_generator_has_words(verdict: Verdict) -> None:
    document = document_of(made())
    finding = {"verdict": verdict.value, "by_less_than_margin": True}
    document["figures"]["arm_verdicts"]["a"]["finding"] = finding
    told = section_of(document, "Generators side by side").tables[0].rows[0][1]
    assert told.startswith(f"{verdict.value.capitalize()}, by less than the margin: ")


def test_a_generator_without_a_verdict_says_why() -> None:
    frame = made()
    document = document_of(frame[(frame["arm"] != "a") | (frame["image"] == "001")])
    told = section_of(document, "Generators side by side").tables[0].rows[0][1]
    assert told.startswith("Nothing can be concluded. Only one artificial image")


def test_pairs_tell_the_p_of_their_model() -> None:
    frame = made(raters=8, artificial=12, real=12)
    document = analyse_pairs(frame).to_json()
    rows = {row[0]: row[1] for row in section_of(document, "Told apart?").tables[0].rows}
    assert rows["p, mixed model (Wald)"] == p_value(document["model"]["p_value"])


def test_who_is_left_out_as_planned_is_drawn_hollow_and_dotted_and_enters_nothing_else() -> None:
    frame = made().assign(could_know=False)
    frame.loc[frame["rater"] == "R002", "could_know"] = True
    rules = Options(resamples=99, mixed_model=False, rules=Rules(leave_out_could_know=True))
    document = document_of(frame, rules)
    (out,) = document["figures"]["raters_left_out"]
    alone = document_of(frame[frame["rater"] != "R002"])
    assert document["figures"]["raters"] == alone["figures"]["raters"]
    drawn = drawings_of(document, [], width_px=1, height_px=1)
    rows = drawn["raters"].rows
    assert [row["rater"] for row in rows if row["counts"] == LEFT_OUT] == ["R002"]
    assert next(row["d_prime"] for row in rows if row["rater"] == "R002") == out["d_prime"]
    assert {row["who"] for row in drawn["roc"].rows if row["line"] == LEFT_OUT} == {"R002"}
    assert LEFT_OUT in drawn["raters"].svg()
    assert LEFT_OUT in drawn["roc"].svg()


def test_without_planned_exclusions_there_is_no_legend_of_them() -> None:
    drawn = drawings_of(document_of(made()), [], width_px=1, height_px=1)
    assert {row["counts"] for row in drawn["raters"].rows} == {COUNTS}
    assert LEFT_OUT not in drawn["raters"].svg() + drawn["roc"].svg()


def test_a_note_tells_each_reason_once() -> None:
    none = {"undefined": "Nothing was judged twice."}
    assert undefined_note("All.", 1.0, none, none) == "All. Undefined: Nothing was judged twice."
    assert undefined_note("All.", 1.0) == "All."


@pytest.mark.parametrize("left", [4, 1])
def test_raters_of_one_kind_are_named_in_the_result_and_among_the_left_out(left: int) -> None:
    """With one rater left who judged both kinds there is no interval: the name stays told."""
    frame = made(raters=left + 2)
    stopped = frame["rater"].isin(["R000", "R001"]) & (frame["truth"] == "real")
    frame = frame[~stopped]
    document = document_of(frame)
    primary = document["primary"]
    assert primary["one_kind_only"] == ["R000", "R001"]
    told = "2 raters judged images of one kind only and do not enter this result."
    assert told in primary["method_note"]
    if left > 1:
        assert primary["details"]["raters"] == left
        assert primary["details"]["raters_left_out"] == 2
    else:
        assert primary["method"] == "none"
    first, second = section_of(document, "Who was left out").paragraphs
    assert first == "By the plan nobody."
    assert "one kind only: R000, R001." in second
    others = document_of(frame[~frame["rater"].isin(["R000", "R001"])])
    assert others["primary"]["accuracy"] == pytest.approx(primary["accuracy"])


def test_where_every_rater_judged_both_kinds_nobody_is_named() -> None:
    frame = made()
    for given in (frame, frame[1:]):  # crossed, and with a missing answer
        document = document_of(given)
        assert document["primary"]["one_kind_only"] == []
        assert "one kind" not in document["primary"]["method_note"]
        assert section_of(document, "Who was left out").paragraphs == ["Nobody."]


def test_who_is_left_out_by_the_plan_and_who_drops_out_are_told_apart() -> None:
    frame = made(raters=5)
    frame = frame[(frame["rater"] != "R000") | (frame["truth"] == "artificial")]
    frame = frame.assign(excluded=frame["rater"] == "R001")
    document = document_of(frame)
    assert "1 rater judged images of one kind only and does" in document["primary"]["method_note"]
    section = section_of(document, "Who was left out")
    assert [row[0] for row in section.tables[0].rows] == ["R001"]
    assert any("one kind only: R000." in one for one in section.paragraphs)
    assert document["with_everybody"]["one_kind_only"] == ["R000"]
