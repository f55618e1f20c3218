"""Reasons that raters gave, counted by what the image is."""

from survey.statistics.analysis import Options, analyse
from survey.statistics.exclusions import Rules
from survey.statistics.reasons import Reasons, reasons_of
from survey.statistics.undefined import Undefined
from tests.survey_statistics.answers import made


def counted(*answers: tuple[str, bool, bool], most: int = 20) -> Reasons:
    texts, truth, right = zip(*answers, strict=True)
    found = reasons_of(texts, truth, right, most=most)
    assert isinstance(found, Reasons)
    return found


def test_each_reason_is_counted_for_artificial_and_for_real_images() -> None:
    found = counted(
        ("too smooth", True, True),
        ("too smooth", True, False),
        ("too smooth", False, True),
        ("charging", False, True),
        ("", True, True),
        ("", False, False),
    )
    told = [(one.reason, one.artificial, one.real, one.right) for one in found.each]
    assert told == [("too smooth", 2, 1, 2), ("charging", 0, 1, 1)]
    assert (found.artificial, found.answers_artificial) == (2, 3)
    assert (found.real, found.answers_real) == (2, 3)
    assert [(one.part_artificial, one.part_real) for one in found.each] == [(1.0, 0.5), (0.0, 0.5)]


def test_wordings_that_differ_in_form_only_are_one_and_the_commonest_is_told() -> None:
    found = counted(
        ("Too  smooth.", True, True),
        ("too smooth", True, True),
        ("too smooth", False, True),
        ("'too smooth", False, True),  # a spreadsheet's quote
        ("smooth", True, True),
        (" - ", True, True),  # says nothing
    )
    assert [(one.reason, one.artificial, one.real) for one in found.each] == [
        ("too smooth", 2, 2),
        ("smooth", 1, 0),
    ]


def test_what_is_not_told_one_by_one_is_told_together() -> None:
    answers = [(f"reason {number}", bool(number % 2), True) for number in range(5)]
    found = counted(*answers, ("reason 3", True, False), most=2)
    assert [one.reason for one in found.each] == ["reason 3", "reason 0"]
    assert found.rest is not None
    assert (found.rest_wordings, found.rest.artificial, found.rest.real) == (3, 1, 2)
    total = sum(one.artificial + one.real for one in (*found.each, found.rest))
    assert total == found.artificial + found.real


def test_reasons_for_one_kind_only_leave_the_other_part_undefined() -> None:
    (one,) = counted(("noise", True, True), ("", False, True)).each
    assert one.part_artificial == 1
    assert isinstance(one.part_real, Undefined)
    assert "real images" in one.part_real.reason


def test_without_a_reason_there_is_nothing_to_sum_up() -> None:
    assert isinstance(reasons_of(["", " "], [True, False], [True, True]), Undefined)


def test_the_analysis_counts_reasons_of_answers_that_count() -> None:
    frame = made(raters=3).assign(reason="edges")
    rows = frame["kind"] == "main"
    frame.loc[rows & (frame["rater"] == "R002"), "could_know"] = True
    frame["could_know"] = frame["could_know"].fillna(False)
    options = Options(resamples=99, mixed_model=False, rules=Rules(leave_out_could_know=True))
    found = analyse(frame, options).to_json()["figures"]["reasons"]
    assert [(one["artificial"], one["real"]) for one in found["each"]] == [(20, 16)]
    assert "reasons" in analyse(made(), Options(resamples=99, mixed_model=False)).figures
