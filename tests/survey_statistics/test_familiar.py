"""What is told beside the result of images seen before and of raters who could know them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from survey.report.results import result_sections
from survey.statistics.analysis import Options, analyse
from survey.statistics.analysis_of_pairs import analyse_pairs
from survey.statistics.exclusions import Rules

RATERS, IMAGES = 6, 20


def answers(*, seen: bool | None = False) -> pd.DataFrame:
    """Raters who know an image that they saw before, and are wrong of one in two others."""
    rng = np.random.default_rng(5)
    rows: list[dict[str, Any]] = []
    for rater in range(RATERS):
        for image in range(IMAGES):
            truth = "artificial" if image % 2 else "real"
            known = bool(seen) and image < 6
            right = known or rng.random() < 0.5
            said = truth if right else ("real" if image % 2 else "artificial")
            rows.append(
                {
                    "rater": f"R{rater}",
                    "image": f"{image:03d}",
                    "truth": truth,
                    "arm": "a" if image % 2 else "",
                    "kind": "main",
                    "decision": said,
                    "confidence": 2,
                    "seen_before": np.nan if seen is None else float(known),
                    "could_know": rater == 1,
                }
            )
    return pd.DataFrame(rows)


def told_of(frame: pd.DataFrame, *, pairs: bool = False, **rules: bool) -> str:
    options = Options(resamples=99, mixed_model=False, rules=Rules(**rules))
    document = (
        analyse_pairs(frame, rules=options.rules) if pairs else analyse(frame, options)
    ).to_json()
    return " ".join(
        paragraph for section in result_sections(document, {}) for paragraph in section.paragraphs
    )


def test_without_images_seen_before_it_reads_as_if_they_had_not_been_shown() -> None:
    frame = answers(seen=True)
    options = Options(resamples=99, mixed_model=False)
    found = analyse(frame, options).to_json()
    alone = analyse(frame[frame["seen_before"] == 0], options).to_json()
    assert found["figures"]["unseen"] == alone["primary"]
    assert found["figures"]["unseen"] != found["primary"]
    said = found["figures"]["unseen"]["sentence"]
    assert f"said to have seen before: {said}" in told_of(frame)


@pytest.mark.parametrize("pairs", [False, True])
def test_the_line_of_images_seen_before_is_there_where_it_leaves_out_nothing(pairs: bool) -> None:
    told = told_of(answers(), pairs=pairs)
    assert "No rater said to have seen an image before." in told
    told = told_of(answers(seen=None), pairs=pairs)
    assert "No rater said whether they had seen an image before." in told
    told = told_of(answers(seen=True), pairs=pairs, leave_out_seen=True)
    assert "None of the answers that count is to an image seen before." in told


def test_of_pairs_the_part_right_without_those_seen_before_is_told() -> None:
    frame = answers(seen=True)
    rest = frame[frame["seen_before"] == 0]
    right = (rest["decision"] == rest["truth"]).mean()
    document = analyse_pairs(frame).to_json()
    assert document["unseen"]["part_right"]["value"] == pytest.approx(right)
    assert "to have seen before: " in told_of(frame, pairs=True)


@pytest.mark.parametrize("pairs", [False, True])
def test_marked_raters_who_stay_in_are_named_beside_the_verdict(pairs: bool) -> None:
    told = told_of(answers(), pairs=pairs)
    assert "It counts 1 rater who could have seen images elsewhere" in told
    assert "R1." in told
    told = told_of(answers(), pairs=pairs, leave_out_could_know=True)
    assert "could have seen images elsewhere" not in told
