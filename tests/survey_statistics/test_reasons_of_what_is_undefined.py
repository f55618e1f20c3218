"""Whatever is undefined on the page stands beside its reason."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd
import pytest

from survey.report.content import Section, Table
from survey.report.results import result_sections
from survey.report.words import NO_INTERVAL, NOT_GIVEN, UNDEFINED, number, part
from survey.statistics.analysis import Options, analyse
from survey.statistics.analysis_of_pairs import analyse_pairs
from survey.statistics.undefined import Undefined
from tests.survey_statistics.answers import made


def only(frame: pd.DataFrame, **values: str) -> pd.DataFrame:
    for name, value in values.items():
        frame = frame[frame[name] == value]
    return frame


def right() -> pd.DataFrame:
    frame = made()
    return frame.assign(decision=frame["truth"])


def one_kind_each() -> pd.DataFrame:
    frame = made()
    artificial = frame["rater"].isin(["R000", "R001"])
    return frame[artificial == (frame["truth"] == "artificial")]


def halves() -> pd.DataFrame:
    """Every second answer only."""
    frame = made()
    return frame[(frame.index + frame["rater"].str[-1].astype(int)) % 2 == 0]


FRAMES: dict[str, pd.DataFrame] = {
    "all as it should be": made(),
    "never wrong": right(),
    "never right": right().assign(
        decision=lambda f: f["truth"].map({"real": "artificial", "artificial": "real"})
    ),
    "all said real": made(decision="real"),
    "all said artificial": made(decision="artificial"),
    "one rater": only(made(), rater="R000"),
    "two raters": made(raters=2),
    "artificial images only": only(made(), truth="artificial"),
    "real images only": only(made(), truth="real"),
    "one image of a generator": made().query("arm != 'a' or image == '001'"),
    "three generators, one of one image": made(artificial=11).assign(
        arm=lambda f: f["arm"].where(f["image"] != "010", "c")
    ),
    "one image of each kind": made(artificial=1, real=1),
    "no time, place, confidence": made(response_ms=np.nan, position=np.nan, confidence=np.nan),
    "half of the answers": halves(),
    "one kind for each rater": one_kind_each(),
    "nobody": made()[:0],
    "all left out": made(excluded=True),
    "some images known": made(seen_before=lambda f: f["image"] == "003"),
    "one answer": made()[:1],
}


def undefined_cells(table: Table) -> Iterator[str]:
    """Cells of numbers, and of any column, that give no figure and need a reason."""
    for row in table.rows:
        for column, cell in enumerate(row):
            if UNDEFINED in cell or (column in table.numbers and not cell.strip()):
                yield cell


def reasons_in(value: Any) -> set[str]:
    if isinstance(value, Mapping):
        if set(value) == {"undefined"}:
            return {value["undefined"]}
        return set().union(*(reasons_in(part) for part in value.values()))
    if isinstance(value, list):
        return set().union(*(reasons_in(part) for part in value))
    return set()


def held(document: dict[str, Any]) -> list[Section]:
    """The sections, each of whose undefined cells has one of the document's reasons in its note."""
    reasons = reasons_in(document)
    sections = result_sections(document, {})
    for section in sections:
        for table in section.tables:
            said = f"{section.title}: {table.head}"
            for cell in undefined_cells(table):
                assert cell.strip(), f"an empty number in {said}"
                _, marker, after = table.note.partition("Undefined: ")
                assert marker and any(reason in after for reason in reasons), said
            if any(NOT_GIVEN in row for row in table.rows):
                assert NO_INTERVAL in table.note, said
            assert not any("nan" in cell.lower().split() for row in table.rows for cell in row)
    return sections


@pytest.mark.parametrize("name", FRAMES)
@pytest.mark.parametrize("mixed_model", [False, True])
def test_every_undefined_figure_has_its_reason_in_its_table(name: str, mixed_model: bool) -> None:
    options = Options(resamples=49, mixed_model=mixed_model)
    held(analyse(FRAMES[name], options).to_json())


@pytest.mark.parametrize("name", FRAMES)
def test_every_undefined_figure_of_pairs_has_its_reason(name: str) -> None:
    held(analyse_pairs(FRAMES[name]).to_json())


def test_an_unknown_error_does_not_hide_a_known_mean() -> None:
    document = analyse(right(), Options(resamples=49, mixed_model=False)).to_json()
    rates = document["figures"]["rates"]
    assert "undefined" in rates["mean_d_prime"]
    own = [one["d_prime"] for one in document["figures"]["raters"]]
    assert rates["mean_d_prime_value"] == pytest.approx(np.mean(own))
    table = held(document)[0].tables[0]
    row = next(row for row in table.rows if row[0].startswith("d-prime, mean of the raters"))
    assert row[1:] == [number(float(np.mean(own))), "undefined"]
    assert "The values do not vary" in table.note


def test_confidence_that_sorts_alike_for_all_raters_is_told_without_its_interval() -> None:
    frame = made()
    rank = frame.groupby("rater").cumcount()
    frame["decision"] = frame["truth"].where(
        rank > 3, frame["truth"].map({"real": "artificial", "artificial": "real"})
    )
    frame["confidence"] = np.where(rank > 3, 3, 1)
    document = analyse(frame, Options(resamples=49, mixed_model=False)).to_json()
    found = document["figures"]["confidence"]["calibration"]
    assert "undefined" in found["type2_auc"] and found["type2_auc_value"] == 1
    told = next(one for one in held(document) if one.title == "Confidence").paragraphs[1]
    assert f"in {part(1.0)} of cases" in told
    assert "its interval is undefined: The values do not vary" in told


def test_a_difference_without_error_is_a_row_with_its_value() -> None:
    document = analyse(made(decision="real"), Options(resamples=49, mixed_model=False)).to_json()
    section = next(one for one in held(document) if one.title.startswith("Generators"))
    (row,) = section.tables[1].rows
    assert row == ["a less b", "0.00", "undefined", "undefined"]
    assert "differences between arms do not vary" in section.tables[1].note


def test_a_generator_that_cannot_be_compared_is_named() -> None:
    frame = FRAMES["three generators, one of one image"]
    document = analyse(frame, Options(resamples=49, mixed_model=False)).to_json()
    section = next(one for one in held(document) if one.title.startswith("Generators"))
    assert "Not compared: c. Only one artificial image" in section.tables[1].note


def test_images_that_nobody_was_asked_about_have_no_row() -> None:
    def names(frame: pd.DataFrame) -> list[str]:
        document = analyse(frame, Options(resamples=49, mixed_model=False)).to_json()
        section = next(one for one in held(document) if one.title == "Expertise")
        return [row[0] for row in section.tables[0].rows]

    assert not any("seen before" in name for name in names(made()))
    asked = names(FRAMES["some images known"])
    assert "Image: seen before" in asked
    assert not any("not told" in name for name in asked)


def test_a_course_tells_also_what_it_cannot() -> None:
    frame = made(response_ms=np.nan)
    document = analyse(frame, Options(resamples=49, mixed_model=False)).to_json()
    told = next(one for one in held(document) if one.title == "Over the session").paragraphs
    assert any(one.startswith("Whether the times changed cannot be said: ") for one in told)


def test_the_value_of_an_undefined_mean_is_undefined_where_nothing_is_known() -> None:
    found = analyse(only(made(), truth="real"), Options(resamples=49, mixed_model=False))
    assert found.figures["rates"].mean_d_prime_value == Undefined(
        "No rater judged images of both kinds."
    )
