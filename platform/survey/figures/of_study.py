"""The figures of a study, from the document of its analysis and its table of answers."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from survey.figures.accuracy import arms_drawing, pairs_drawing, verdict_drawing
from survey.figures.counting import Counting, marked_truth
from survey.figures.drawing import COUNTS, LEFT_OUT, TOGETHER, Drawing, Row, columns_of
from survey.figures.images import images_drawing, ranked_pairs_drawing
from survey.figures.marks import GRID, cells_met
from survey.figures.raters import (
    calibration_drawing,
    positions_drawing,
    raters_drawing,
    regions_drawing,
    times_drawing,
)
from survey.figures.reasons import reason_rows, reasons_drawing
from survey.figures.roc import roc_drawing
from survey.report.words import defined
from survey.statistics.verdict import MARGIN

# In this order they are shown.
NAMES = (
    "verdict", "raters", "images", "pairs", "roc", "arms", "calibration", "positions", "times",
    "reasons", "regions",
)  # fmt: skip
_PARTS = (5, 25, 50, 75, 95)
_SURE = {1: "guessing", 2: "fairly sure", 3: "sure"}

Document = Mapping[str, Any]
Answers = Sequence[Mapping[str, str]]


def answers_in(table: str) -> Answers:
    """Rows of the CSV of answers."""
    return list(csv.DictReader(io.StringIO(table)))


def drawings_of(
    document: Document, answers: Answers, *, width_px: int, height_px: int
) -> dict[str, Drawing]:
    """Every figure that the study gives, by name, in the order in which they are shown.

    `document` : `Analysis.to_json()`. `answers` : rows of the CSV. Sizes of the images as raters
    got them, in px. A figure without rows is left out.
    """
    answers = Counting(document).counted(answers)
    if "pairs" in document:
        low, high = document["pairs"].get("margin", MARGIN)
        return _with_rows(
            pairs_drawing(_of_pairs(document), margin=(low, high)),
            ranked_pairs_drawing(_ranked_pairs(document)),
            reasons_drawing(reason_rows(document.get("reasons"))),
            _regions_drawn(answers, width_px, height_px),
        )
    figures = document["figures"]
    margin = (document["primary"]["margin"][0], document["primary"]["margin"][1])
    makers: Iterable[Callable[[], Drawing]] = (
        lambda: verdict_drawing(_verdict(document), margin=margin),
        lambda: raters_drawing(_raters(figures)),
        lambda: images_drawing(_images(figures)),
        lambda: roc_drawing(_roc(figures)),
        lambda: arms_drawing(_arms(figures), margin=margin),
        lambda: calibration_drawing(_calibration(figures)),
        lambda: positions_drawing(_positions(figures)),
        lambda: times_drawing(_times(answers)),
        lambda: reasons_drawing(reason_rows(figures.get("reasons"))),
        lambda: _regions_drawn(answers, width_px, height_px),
    )
    return _with_rows(*(make() for make in makers))


def _with_rows(*drawings: Drawing) -> dict[str, Drawing]:
    return {
        drawing.name: replace(drawing, columns=columns_of(drawing.rows))
        for drawing in drawings
        if drawing.rows
    }


def _verdict(document: Document) -> list[Row]:
    told = [("As planned", document["primary"]), ("With everybody", document["with_everybody"])]
    return [
        {"what": what, **_interval(outcome)}
        for what, outcome in told
        if outcome is not None and defined(outcome["accuracy"])
    ]


def _of_pairs(document: Document) -> list[Row]:
    told = [("As planned", document["pairs"]), ("With everybody", document.get("with_everybody"))]
    rows: list[Row] = []
    for what, found in told:
        if not found or not defined(found["part_right"]):
            continue
        row: Row = {"what": what, "right": found["part_right"]["value"]}
        # Figures of before pairs had a verdict come without its second interval.
        for level, interval in (
            ("95", found["part_right"]["interval"]),
            ("90", found.get("interval90")),
        ):
            for end in ("low", "high"):
                row[f"{end}{level}"] = interval[end] if defined(interval) else None
        rows.append(row)
    return rows


def _ranked_pairs(document: Document) -> list[Row]:
    """None in figures of before each pair had its own."""
    return [
        {
            "rank": rank,
            "pair": one["pair"],
            "arm": one["arm"],
            "part_wrong": one["part_wrong"],
            **{end: one["interval"][end] for end in ("low", "high")},
            "answers": one["answers"],
        }
        for rank, one in enumerate(hardest_pairs(document), start=1)
    ]


def hardest_pairs(document: Document) -> list[Document]:
    """Each pair's figures, those first that most were wrong about."""
    found: list[Document] = document.get("by_pair", [])
    return sorted(found, key=lambda one: (-one["part_wrong"], one["pair"]))


def _interval(outcome: Document) -> Row:
    row: Row = {"accuracy": outcome["accuracy"]}
    for level in ("95", "90"):
        found = outcome[f"interval{level}"]
        for end in ("low", "high"):
            row[f"{end}{level}"] = found[end] if defined(found) else None
    return row


def _raters(figures: Document) -> list[Row]:
    return [
        {
            "rater": one["rater"],
            "d_prime": one["d_prime"],
            "criterion": one["criterion"],
            "counts": counts,
        }
        for counts, one in _counted_and_not(figures)
        if defined(one["d_prime"]) and defined(one["criterion"])
    ]


def _counted_and_not(figures: Document) -> list[tuple[str, Document]]:
    """Each rater's figures, those who were left out as planned last."""
    left_out = figures.get("raters_left_out", [])
    return [*((COUNTS, one) for one in figures["raters"]), *((LEFT_OUT, one) for one in left_out)]


def _images(figures: Document) -> list[Row]:
    ranked = sorted(
        figures["images"], key=lambda one: (-one["part_wrong"], one["truth"], one["image"])
    )
    return [
        {
            "rank": rank,
            "image": one["image"],
            "truth": one["truth"],
            "arm": one["arm"],
            "part_wrong": one["part_wrong"],
            **_of_wrong(one),
            "called_artificial": one["part_artificial"],
            "answers": one["answers"],
        }
        for rank, one in enumerate(ranked, start=1)
    ]


def _of_wrong(one: Document) -> Row:
    """The interval of the part that was wrong; that of an artificial image is turned round."""
    interval = one["interval"]
    if not defined(interval):
        return {"low": None, "high": None}
    if one["truth"] == "artificial":
        return {"low": 1 - interval["high"], "high": 1 - interval["low"]}
    return {"low": interval["low"], "high": interval["high"]}


def _roc(figures: Document) -> list[Row]:
    curves = [(one["rater"], counts, one["curve"]) for counts, one in _counted_and_not(figures)]
    curves.append(("all together", TOGETHER, figures["confidence"]["pooled"]))
    return [
        {"who": who, "line": line, "step": step, "false_alarm_rate": alarms, "hit_rate": hits}
        for who, line, curve in curves
        if defined(curve)
        for step, (alarms, hits) in enumerate(
            zip(curve["false_alarm_rate"], curve["hit_rate"], strict=True)
        )
    ]


def _arms(figures: Document) -> list[Row]:
    verdicts = figures["arm_verdicts"]
    if not defined(verdicts) or len(verdicts) < 2:
        return []
    return [
        {"arm": name, **_interval(outcome)}
        for name, outcome in verdicts.items()
        if defined(outcome) and defined(outcome["accuracy"])
    ]


def _calibration(figures: Document) -> list[Row]:
    calibration = figures["confidence"]["calibration"]
    steps = calibration["steps"] if defined(calibration) else []
    return [
        {
            "words": _SURE[one["confidence"]],
            "right": one["right"],
            "answers": one["answers"],
            **_ends(one["estimate"]),
        }
        for one in steps
        if defined(one["right"])
    ]


def _positions(figures: Document) -> list[Row]:
    course = figures["course"]
    return [
        {
            "middle": (one["first"] + one["last"]) / 2,
            "first": one["first"],
            "last": one["last"],
            "truth": truth,
            "errors": one["mean"],
            "answers": one["answers"],
            **_ends(one["estimate"]),
        }
        for truth in ("real", "artificial")
        for one in course[f"wrong_{truth}"]
        if defined(one["mean"])
    ]


def _ends(estimate: Any) -> Row:
    """An interval of a part of 1, cut to what it can be."""
    if not defined(estimate):
        return {"low": None, "high": None}
    interval = estimate["interval"]
    return {"low": max(0.0, interval["low"]), "high": min(1.0, interval["high"])}


def _times(answers: Answers) -> list[Row]:
    kinds: dict[tuple[str, str], list[float]] = {}
    for one in answers:
        if one["response_ms"] and float(one["response_ms"]) > 0:
            kind = (one["truth"], "right" if one["correct"] == "1" else "wrong")
            kinds.setdefault(kind, []).append(float(one["response_ms"]) / 1000)
    return [
        {
            "answer": f"{truth}, {right}",
            "truth": truth,
            "n": len(times),
            **{f"p{part}_s": _quantile(sorted(times), part / 100) for part in _PARTS},
        }
        for (truth, right), times in sorted(kinds.items(), reverse=True)
    ]


def _quantile(values: Sequence[float], part: float) -> float:
    """Between the two values that are nearest, as most programs do it."""
    place = part * (len(values) - 1)
    low = int(place)
    high = min(low + 1, len(values) - 1)
    return values[low] + (place - low) * (values[high] - values[low])


def _regions_drawn(answers: Answers, width_px: int, height_px: int) -> Drawing:
    rows = _regions(answers, width_px, height_px)
    return regions_drawing(rows, width_px=width_px, height_px=height_px)


def _regions(answers: Answers, width_px: int, height_px: int) -> list[Row]:
    """Marks pooled over images; a cell counts each mark that meets it, in all and for an answer.

    There are more answers about one kind of image than about the other: raw counts would make
    that kind look the more suspicious.
    """
    pooled: dict[str, list[list[float]]] = {}
    given: Counter[str] = Counter()
    for one in answers:
        given[marked_truth(one)] += 1
        if one["regions"]:
            pooled.setdefault(marked_truth(one), []).extend(json.loads(one["regions"]))
    rows: list[Row] = []
    for truth, regions in sorted(pooled.items()):
        counts = cells_met(regions, width_px=width_px, height_px=height_px)
        rows += [
            {
                "truth": truth,
                "row": row,
                "column": column,
                "marks": counts[row, column],
                "answers": given[truth],
                "per_answer": counts[row, column] / given[truth],
            }
            for row in range(GRID)
            for column in range(GRID)
        ]
    return rows
