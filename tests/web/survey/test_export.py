"""A closed study's tables, their dictionaries, and the texts of a report."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest

from survey import services
from survey.errors import StudyRefused
from survey.export.columns import TABLES
from survey.export.crate import crate_file
from survey.export.psych_ds import path_of, psych_ds_files
from survey.export.table_schema import data_package
from survey.export.tables import ROWS, csv_text
from survey.models import Judgement, Study
from survey.protocol import PAIRS
from survey.report import methods
from survey.report.checklists import filled
from survey.report.facts import facts_of
from survey.report.methods import methods_paragraphs
from survey.statistics import outcome
from tests.web.survey.makers import enter, finish, make_open

pytestmark = pytest.mark.django_db


@pytest.fixture
def closed() -> Study:
    """Two raters to the end, and one who left."""
    study = make_open(name="=1+1")
    for _ in range(2):
        client, _ = enter(study)
        finish(client, study)
    enter(study)
    Judgement.objects.filter(pk=Judgement.objects.earliest("pk").pk).update(
        reason="=HYPERLINK(1)", regions=[[1, 2, 3, 4]], seen_before=True
    )
    services.study_close(study=study, by=study.owner)
    study.refresh_from_db()
    return study


@pytest.mark.parametrize("table", TABLES)
def test_no_table_of_an_open_study_is_made(table: str) -> None:
    with pytest.raises(StudyRefused, match="stay closed"):
        csv_text(study=make_open(), table=table)


@pytest.mark.parametrize("table", TABLES)
def test_every_row_has_every_column_and_every_column_a_meaning(closed: Study, table: str) -> None:
    rows = list(csv.reader(io.StringIO(csv_text(study=closed, table=table))))
    columns, _ = ROWS[table]
    assert rows[0] == [column.name for column in columns]
    assert len(rows) > 1
    assert {len(row) for row in rows} == {len(columns)}
    assert all(column.meaning for column in columns)


def test_an_unanswered_presentation_has_a_row_with_empty_answers(closed: Study) -> None:
    rows = list(csv.DictReader(io.StringIO(csv_text(study=closed, table="answers"))))
    assert len(rows) == 3 * 8
    left = [row for row in rows if row["session_state"] == "started"]
    assert {(row["decision"], row["correct"], row["answered_at"]) for row in left} == {("", "", "")}


def test_what_raters_write_is_no_formula_and_what_they_draw_is_json(closed: Study) -> None:
    rows = list(csv.DictReader(io.StringIO(csv_text(study=closed, table="answers"))))
    told = [row for row in rows if row["reason"]]
    assert [row["reason"] for row in told] == ["'=HYPERLINK(1)"]
    assert json.loads(told[0]["regions"]) == [[1, 2, 3, 4]]
    assert told[0]["seen_before"] == "1"


def test_events_come_with_their_details_as_json_that_is_no_formula(closed: Study) -> None:
    session = closed.sessions.order_by("pk")[0]
    said = Judgement.objects.get(presentation__session=session, presentation__position=2)
    Judgement.objects.filter(pk=said.pk).update(zooms=[[0, 0.5], [700, 4]])
    session.events.create(kind="odd", details={"=1+1": "@x"})
    rows = list(csv.DictReader(io.StringIO(csv_text(study=closed, table="events"))))
    (row,) = [
        one
        for one in rows
        if (one["rater"], one["position"], one["event"]) == (session.pseudonym, "2", "answered")
    ]
    details = json.loads(row["details"])
    assert details["zooms"] == [[0, 0.5], [700, 4]]
    assert (details["blurs"], details["again"]) == (0, False)
    assert {one["details"][:1] for one in rows} == {"", "{"}, "no cell begins like a formula"
    assert '"=1+1"' in next(one["details"] for one in rows if one["event"] == "odd")


def test_the_psych_ds_folder_describes_every_column(closed: Study) -> None:
    files = dict(psych_ds_files(study=closed))
    description = json.loads(files["dataset_description.json"])
    told = {variable["name"] for variable in description["variableMeasured"]}
    for table, columns in TABLES.items():
        dictionary = json.loads(files[path_of(closed, table, suffix="json")])
        assert list(dictionary) == [column.name for column in columns]
        assert told >= set(dictionary)
        assert files[path_of(closed, table)].startswith(columns[0].name.encode())


def test_the_crate_names_every_file_with_its_hash(closed: Study) -> None:
    files = dict(psych_ds_files(study=closed))
    graph = json.loads(crate_file(study=closed, files=files, says={}))["@graph"]
    told = {entry["@id"]: entry["sha256"] for entry in graph if entry["@type"] == "File"}
    assert told == {path: hashlib.sha256(content).hexdigest() for path, content in files.items()}


def test_the_crate_says_what_datacite_asks_for(closed: Study) -> None:
    graph = json.loads(crate_file(study=closed, files={}, says={}))["@graph"]
    entities = {entry["@id"]: entry for entry in graph}
    dataset = entities["./"]
    assert closed.closed_at is not None
    assert dataset["name"] == closed.name
    assert dataset["datePublished"].startswith(str(closed.closed_at.year))
    assert entities[dataset["creator"]["@id"]]["name"] == str(closed.owner)
    assert entities[dataset["publisher"]["@id"]]["name"] == ":unav"
    assert dataset["temporalCoverage"].count("/") == 1
    assert {"description", "keywords", "inLanguage", "additionalType"} <= set(dataset)
    raters = closed.sessions.values_list("pseudonym", flat=True)
    assert not any(pseudonym in json.dumps(graph) for pseudonym in raters)


_READERS: dict[str, Callable[[str], object]] = {
    "integer": int,
    "number": float,
    "string": str,
    "boolean": lambda cell: {"1": True, "0": False}[cell],
    "datetime": datetime.fromisoformat,
}


def test_the_data_package_describes_the_tables_as_they_are(closed: Study) -> None:
    files = dict(psych_ds_files(study=closed))
    package = json.loads(data_package(study=closed, files=files))
    assert [one["name"] for one in package["resources"]] == list(TABLES)
    tables = {}
    for one in package["resources"]:
        content = files[one["path"]]
        assert one["bytes"] == len(content)
        assert one["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
        rows = list(csv.DictReader(io.StringIO(content.decode())))
        fields = one["schema"]["fields"]
        assert list(rows[0]) == [field["name"] for field in fields]
        tables[one["name"]] = rows
        for field in fields:
            cells = [
                _READERS[field["type"]](row[field["name"]]) for row in rows if row[field["name"]]
            ]
            allowed = field.get("constraints", {}).get("enum")
            assert not allowed or set(cells) <= set(allowed)
    assert {row["decision"] for row in tables["answers"]} == {"real", ""}


def test_keys_of_the_data_package_hold(closed: Study) -> None:
    files = dict(psych_ds_files(study=closed))
    resources = json.loads(data_package(study=closed, files=files))["resources"]
    rows = {
        one["name"]: list(csv.DictReader(io.StringIO(files[one["path"]].decode())))
        for one in resources
    }
    for one in resources:
        if key := one["schema"].get("primaryKey"):
            found = [tuple(row[name] for name in key) for row in rows[one["name"]]]
            assert len(set(found)) == len(found)
        for link in one["schema"].get("foreignKeys", ()):
            (column,) = link["fields"]
            (other,) = link["reference"]["fields"]
            there = {row[other] for row in rows[link["reference"]["resource"]]}
            assert {row[column] for row in rows[one["name"]]} - {""} <= there


def test_the_methods_paragraph_tells_what_was_done(closed: Study) -> None:
    text = " ".join(methods_paragraphs(facts_of(study=closed)))
    assert "4 artificial and 4 real electron micrographs, 64 x 64 px" in text
    assert "3 raters began and 2 finished; they came by personal links" in text
    assert "0.45 to 0.55" in text
    assert "to leave out raters who could have seen the images elsewhere" in text


def test_the_methods_of_an_incomplete_study_and_of_pairs_are_told_as_they_were(
    closed: Study,
) -> None:
    incomplete = facts_of(study=closed, document={"primary": {"method": "double bootstrap"}})
    text = methods_paragraphs(incomplete)[-1]
    assert "double bootstrap over raters and images" in text
    assert "Obuchowski" not in text
    pairs = replace(incomplete, settings=replace(incomplete.settings, task=PAIRS))
    text = methods_paragraphs(pairs)[-1]
    assert "part of pairs in which the artificial image was found" in text
    assert "balanced accuracy" not in text
    told = " ".join(item.told for some in filled(pairs).values() for item in some)
    assert "One pair a page" in told
    assert "kappa" not in told
    assert "Obuchowski" not in told


def test_methods_are_named_as_the_analysis_names_them() -> None:
    named = (outcome.CROSSED, outcome.INCOMPLETE, outcome.NONE)
    assert named == (methods.CROSSED, methods.INCOMPLETE, methods.NONE)


def test_checklists_fill_in_what_is_known_and_leave_the_rest_to_the_authors(closed: Study) -> None:
    lists = filled(facts_of(study=closed))
    assert len(lists) == 3
    items = [item for some in lists.values() for item in some]
    assert any(item.is_open for item in items)
    assert sum(not item.is_open for item in items) > len(items) / 2
    assert all(item.told.strip() for item in items)
