"""Rows in, figures out; nothing that raters do makes it fall over."""

import json
import time
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from survey.statistics.analysis import Analysis, Options, analyse
from survey.statistics.arms import Arms
from survey.statistics.bootstrap import Bootstrap
from survey.statistics.exclusions import Rules
from survey.statistics.interval import Interval
from survey.statistics.mixed_model import MixedModel
from survey.statistics.outcome import CROSSED, INCOMPLETE
from survey.statistics.primary import Primary, obuchowski_rockette
from survey.statistics.steps import STEPS
from survey.statistics.stopping import Stopped
from survey.statistics.undefined import Undefined
from survey.statistics.verdict import Finding, Verdict
from tests.survey_statistics.answers import made

FAST = Options(resamples=199, mixed_model=False)


def analysed(frame: pd.DataFrame, options: Options = FAST) -> Analysis:
    found = analyse(frame, options)
    json.dumps(found.to_json(), allow_nan=False)
    return found


def test_a_missing_column_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="no column truth, decision"):
        analyse(made()[["rater", "image"]])


def test_a_margin_without_chance_is_refused() -> None:
    with pytest.raises(ValueError, match=r"about 0\.5"):
        analyse(made(), Options(margin=(0.55, 0.6)))


@pytest.mark.parametrize(
    "frame",
    [
        pytest.param(made().iloc[:0], id="no row"),
        pytest.param(made().assign(decision=None), id="no answer"),
        pytest.param(made(raters=1), id="one rater"),
        pytest.param(made(artificial=0), id="no artificial image"),
        pytest.param(made(real=0), id="no real image"),
        pytest.param(made(artificial=1, real=1), id="one image of a kind"),
        pytest.param(made(decision="real"), id="one and the same answer"),
        pytest.param(made(excluded=True), id="everybody excluded"),
        pytest.param(made().assign(kind="practice"), id="practice only"),
        pytest.param(made().assign(truth="unknown"), id="no truth"),
    ],
)
def test_what_gives_no_conclusion_says_why(frame: pd.DataFrame) -> None:
    found = analysed(frame)
    assert isinstance(found.primary.finding, Undefined)
    assert found.primary.finding.reason.endswith((".", ".”"))
    assert found.primary.sentence.startswith("Nothing can be concluded")


def test_answers_that_are_always_right_have_an_accuracy_without_interval() -> None:
    frame = made()
    found = analysed(frame.assign(decision=frame["truth"]))
    assert found.primary.accuracy == 1
    assert isinstance(found.primary.interval95, Undefined)


def test_the_primary_result_is_that_of_the_table() -> None:
    frame = made()
    found = analysed(frame)
    table = frame.pivot(index="rater", columns="image", values="decision") == "artificial"
    truth = frame.drop_duplicates("image").sort_values("image")["truth"] == "artificial"
    expected = obuchowski_rockette(table.to_numpy(), truth.to_numpy())
    assert isinstance(expected, Primary)
    assert found.primary.details == expected
    assert found.primary.method == CROSSED
    assert found.primary.interval95 == expected.interval(0.95)
    assert set(found.figures) == set(STEPS)


def test_the_order_of_the_rows_changes_nothing() -> None:
    frame = made()
    assert analysed(frame.sample(frac=1, random_state=4)).to_json() == analysed(frame).to_json()


def test_attention_practice_and_repeats_do_not_enter_the_primary() -> None:
    frame = made()
    others = [
        frame.iloc[:5].assign(kind="attention", image="attention", decision="real"),
        frame.iloc[:5].assign(kind="practice", image="practice"),
        frame.iloc[:9].assign(kind="repeat"),
    ]
    found = analysed(pd.concat([frame, *others]))
    assert found.primary == analysed(frame).primary
    assert found.figures["retest"]["all"].pairs == 9
    assert found.figures["retest"]["all"].raw == 1


def test_incomplete_crossing_never_uses_the_method_that_needs_it() -> None:
    frame = made()
    frame.loc[3, "decision"] = None
    found = analysed(frame)
    assert found.primary.method != CROSSED
    assert found.design.missing == found.design.unanswered == 1
    assert found.primary.method == INCOMPLETE
    assert isinstance(found.primary.details, Bootstrap)
    assert found.primary.method_note.startswith("1 of 108 answers are missing")


def test_one_missing_answer_hardly_moves_the_interval() -> None:
    frame = made(raters=12, artificial=20, real=20)
    complete = analysed(frame).primary.interval95
    frame.loc[3, "decision"] = None
    found = analysed(frame).primary.interval95
    assert isinstance(complete, Interval) and isinstance(found, Interval)
    assert tuple(found) == pytest.approx(tuple(complete), abs=0.01)


def test_a_constant_rater_is_named_and_no_trouble() -> None:
    frame = made()
    frame.loc[frame["rater"] == "R002", "decision"] = "real"
    found = analysed(frame)
    assert [one.always for one in found.figures["raters"]] == ["", "", "real", "", "", ""]
    assert isinstance(found.primary.finding, Finding)


def test_exclusions_by_rule_are_shown_with_and_without() -> None:
    frame = made()
    frame.loc[frame["rater"] == "R002", "decision"] = "real"
    found = analysed(
        frame, Options(resamples=99, mixed_model=False, rules=Rules(leave_out_constant=True))
    )
    assert found.design.raters == 5
    assert [(one.rater, one.why, one.whole) for one in found.exclusions] == [
        ("R002", "gave one answer to all images", True)
    ]
    assert found.with_everybody is not None
    assert found.with_everybody.accuracy == analysed(frame).primary.accuracy
    assert analysed(frame).with_everybody is None


def test_each_rule_leaves_out_whom_it_names() -> None:
    frame = made()
    first = frame["rater"] == "R000"
    frame.loc[first, "response_ms"] = 10.0
    frame["could_know"] = frame["rater"] == "R001"
    frame["seen_before"] = (frame["rater"] == "R002") & (frame["image"] == "004")
    frame["excluded"] = frame["rater"] == "R003"
    attention = frame.iloc[-1:].assign(kind="attention", truth="real", decision="artificial")
    found = analysed(
        pd.concat([frame, attention]),
        Options(
            resamples=99,
            mixed_model=False,
            rules=Rules(
                failed_attention=1, fastest_ms=200, leave_out_could_know=True, leave_out_seen=True
            ),
        ),
    )
    assert [(one.rater, one.answers, one.why) for one in found.exclusions] == [
        ("R000", 18, "answered faster than planned"),
        ("R001", 18, "could see the images elsewhere"),
        ("R002", 1, "had seen the image before"),
        ("R003", 18, "marked as left out"),
        ("R005", 18, "failed attention items"),
    ]


def test_rows_that_contradict_each_other_are_left_out_and_told() -> None:
    frame = made()
    frame.loc[20, "truth"] = "real" if frame.loc[20, "truth"] == "artificial" else "artificial"
    frame.loc[30, "truth"] = "neither"
    frame.loc[40, "rater"] = None
    again = frame.iloc[50:51]
    found = analysed(pd.concat([frame, again]))
    assert len(found.notes) == 4
    assert found.design.raters == 6
    assert found.notes[3].startswith("1 answers came a second time")


def test_it_reports_each_step_and_stops_when_asked() -> None:
    told: list[tuple[int, int, str]] = []
    analyse(made(), FAST, report=lambda *step: told.append(step))
    assert [done for done, _, _ in told] == list(range(len(STEPS) + 2))
    assert told[0][2] == "Primary result"
    asked = iter([False, False, True])
    with pytest.raises(Stopped):
        analyse(made(), FAST, should_stop=lambda: next(asked))


def test_columns_as_a_csv_gives_them_are_read() -> None:
    frame = made(raters=3)
    frame["excluded"] = 0
    frame["seen_before"] = pd.array([True, None] * (len(frame) // 2), dtype=object)
    frame["confidence"] = [None, *["2"] * (len(frame) - 1)]
    frame["response_ms"] = "not a number"
    found = analysed(frame)
    assert isinstance(found.primary.finding, Finding)
    assert found.figures["confidence"].auc == Undefined(
        "Not every answer came with its confidence."
    )
    assert [group.answers for group in found.figures["familiarity"]] == [27, 0, 27]


def test_the_papers_means_give_the_papers_figures() -> None:
    frame = means_of_the_paper()
    found = analysed(frame)
    rates = found.figures["rates"]
    assert (rates.hit_rate.value, rates.false_alarm_rate.value) == pytest.approx((0.5, 1 / 6))
    assert rates.d_prime == pytest.approx(0.967422, abs=5e-7)
    assert rates.criterion == pytest.approx(0.483711, abs=5e-7)
    assert rates.hype_error == pytest.approx(1 / 3)


def means_of_the_paper() -> pd.DataFrame:
    """20 raters, 16 + 12 images, each rater 8 hits and 2 false alarms."""
    rng = np.random.default_rng(1)
    said = [np.concatenate([rng.permutation(16) < 8, rng.permutation(12) < 2]) for _ in range(20)]
    frame = made(raters=20, artificial=16, real=12)
    return frame.assign(decision=np.where(np.concatenate(said), "artificial", "real"))


rows = st.lists(
    st.fixed_dictionaries(
        {
            "rater": st.sampled_from("abc"),
            "image": st.sampled_from("12345"),
            "decision": st.sampled_from(["real", "artificial", None]),
            "kind": st.sampled_from(["main", "main", "main", "repeat", "attention"]),
            "confidence": st.sampled_from([1, 2, 3, None, 7]),
            "response_ms": st.sampled_from([None, -1.0, 0.0, 900.0, 1800.0]),
            "position": st.sampled_from([None, 1, 2, 3]),
            "excluded": st.booleans(),
            "seen_before": st.sampled_from([None, True, False]),
        }
    ),
    max_size=30,
)


@settings(max_examples=80, deadline=None)
@given(rows, st.booleans())
def test_no_rows_make_it_raise_or_give_nan(
    answers: list[dict[str, Any]], mixed_model: bool
) -> None:
    frame = pd.DataFrame(answers, columns=["rater", "image", "decision", "kind", "confidence",
        "response_ms", "position", "excluded", "seen_before"])  # fmt: skip
    frame["truth"] = frame["image"].map(lambda image: "real" if image in "12" else "artificial")
    frame["arm"] = frame["image"].map(lambda image: {"4": "x", "5": "y"}.get(image, ""))
    rules = Rules(failed_attention=2, fastest_ms=500, leave_out_seen=True)
    analysed(frame, Options(resamples=49, mixed_model=mixed_model, rules=rules))


def test_each_generator_has_a_verdict_of_its_own() -> None:
    figures = analysed(made()).figures
    assert list(figures["arm_verdicts"]) == ["a", "b"]
    assert isinstance(figures["arms"], Arms)
    for name, outcome in figures["arm_verdicts"].items():
        assert outcome.details == figures["arms"].each[name]
    alone = analysed(made().assign(arm="")).figures
    assert list(alone["arm_verdicts"]) == ["artificial"]
    assert isinstance(alone["arms"], Undefined)


def test_intervals_are_told_in_json() -> None:
    details = analysed(made()).to_json()["primary"]["details"]
    assert details["interval95"]["low"] < details["interval90"]["low"] < details["accuracy"]


def test_the_mixed_model_stands_beside_the_primary_result() -> None:
    found = analysed(made(raters=8, artificial=20, real=20), Options(resamples=99))
    model = found.figures["mixed_model"]
    assert isinstance(model, MixedModel)
    assert [arm.name for arm in model.arms] == ["a", "b"]
    assert model.balanced_accuracy.value == pytest.approx(found.primary.accuracy, abs=0.03)


@pytest.mark.slow
def test_200_raters_and_300_images_take_seconds() -> None:
    frame = made(raters=200, artificial=150, real=150)
    started, primary_s = time.monotonic(), float("inf")

    def report(done: int, total: int, step: str) -> None:
        nonlocal primary_s
        if done == 1:
            primary_s = time.monotonic() - started

    found = analyse(frame, Options(mixed_model=False), report=report)
    assert isinstance(found.primary.finding, Finding)
    assert found.primary.finding.verdict == Verdict.DISTINGUISHABLE
    assert primary_s < 5
    assert time.monotonic() - started < 60
