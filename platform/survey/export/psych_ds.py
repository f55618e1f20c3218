"""A closed study's tables as a Psych-DS folder (https://psych-ds.github.io): names and metadata."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from survey.export.columns import TABLES, Column, dictionary_of
from survey.export.tables import csv_text
from survey.models import Study

File = tuple[str, bytes]


def path_of(study: Study, table: str, *, suffix: str = "csv") -> str:
    """Where a table lies: key-value pairs, then ``data``, as the standard has it."""
    # A value holds letters and figures only.
    code = "".join(letter for letter in study.code if letter.isalnum())
    return f"data/study-{code}_table-{table}_data.{suffix}"


def psych_ds_files(*, study: Study) -> Iterator[File]:
    """Every table with the dictionary of its columns beside it, and the dataset's description."""
    for table, columns in TABLES.items():
        yield path_of(study, table), csv_text(study=study, table=table).encode()
        yield path_of(study, table, suffix="json"), _json(dictionary_of(columns))
    yield "dataset_description.json", _json(_description(study))


def _description(study: Study) -> dict[str, Any]:
    variables: dict[str, Column] = {}
    for columns in TABLES.values():
        for column in columns:
            variables.setdefault(column.name, column)
    return {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "name": study.name,
        "description": "Answers of raters who said of micrographs whether they were taken with a "
        "microscope (real) or computed (artificial). One row a presentation.",
        "schemaVersion": "Psych-DS 0.4.0",
        "dateCreated": study.created_at.date().isoformat(),
        "measurementTechnique": "yes/no decision with three steps of confidence, blinded, in an "
        "order of its own for each rater",
        "variableMeasured": [_variable(column) for column in variables.values()],
    }


def _variable(column: Column) -> dict[str, Any]:
    told: dict[str, Any] = {
        "@type": "PropertyValue",
        "name": column.name,
        "description": column.meaning,
    }
    if column.unit:
        told["unitText"] = column.unit
    if column.levels:
        told["valueReference"] = [
            {"@type": "PropertyValue", "name": value, "description": meaning}
            for value, meaning in column.levels.items()
        ]
    return told


def _json(value: Any) -> bytes:
    return (json.dumps(value, indent=2, ensure_ascii=False) + "\n").encode()
