"""Which image a mark lies on, and which answers are drawn."""

import pytest

from survey.figures.counting import Counting, marked_truth


@pytest.mark.parametrize(
    ("other", "truth", "decision", "on"),
    [
        ("", "real", "artificial", "real"),
        ("", "artificial", "real", "artificial"),
        # Of a pair, `truth` and `decision` are about the left image.
        ("7", "artificial", "artificial", "artificial"),
        ("7", "artificial", "real", "real"),
        ("7", "real", "real", "artificial"),
        ("7", "real", "artificial", "real"),
    ],
)
def test_a_mark_lies_on_the_image_that_was_called_artificial(
    other: str, truth: str, decision: str, on: str
) -> None:
    assert marked_truth({"other": other, "truth": truth, "decision": decision}) == on


def test_whole_raters_and_single_answers_are_left_out() -> None:
    row = {"kind": "main", "decision": "real", "excluded": "0", "rater": "a", "seen_before": ""}
    rows = [
        row,
        row | {"rater": "b"},
        row | {"seen_before": "1"},
        row | {"kind": "repeat"},
        row | {"decision": ""},
        row | {"excluded": "1"},
    ]
    out = {"rater": "b", "whole": True, "why": "gave one answer to all images"}
    assert Counting({"exclusions": [out]}).counted(rows) == [rows[0], rows[2]]
    seen = {"rater": "a", "whole": False, "why": "had seen the image before"}
    assert Counting({"exclusions": [out, seen]}).counted(rows) == [rows[0]]
    assert Counting({}).counted(rows) == rows[:3]
