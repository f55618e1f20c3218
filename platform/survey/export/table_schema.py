"""A closed study's tables as a Data Package: what a program needs to read and to check them.

Table Schema 1 (https://specs.frictionlessdata.io/table-schema/), `frictionless validate` reads it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from survey.export.columns import TABLES, Column
from survey.export.psych_ds import path_of
from survey.models import Study

NAME = "datapackage.json"
_KEYS = {"answers": ["rater", "position"], "raters": ["rater"], "images": ["image"]}
# Column: the table whose key it names.
_NAMES = {
    "answers": {"rater": "raters", "image": "images", "other": "images"},
    "events": {"rater": "raters"},
}


def data_package(*, study: Study, files: Mapping[str, bytes]) -> bytes:
    """Describe the tables among `files` (path: content), with their sizes and hashes."""
    package = {
        "profile": "tabular-data-package",
        "name": "".join(letter for letter in study.code.lower() if letter.isalnum()),
        "title": study.name,
        "created": study.created_at.isoformat(timespec="seconds"),
        "resources": [
            _resource(table, columns, path_of(study, table), files)
            for table, columns in TABLES.items()
        ],
    }
    return (json.dumps(package, indent=2, ensure_ascii=False) + "\n").encode()


def _resource(
    table: str, columns: tuple[Column, ...], path: str, files: Mapping[str, bytes]
) -> dict[str, Any]:
    schema: dict[str, Any] = {
        "fields": [_field(column) for column in columns],
        "missingValues": [""],
    }
    if table in _KEYS:
        schema["primaryKey"] = _KEYS[table]
    if table in _NAMES:
        schema["foreignKeys"] = [
            {"fields": [column], "reference": {"resource": other, "fields": _KEYS[other]}}
            for column, other in _NAMES[table].items()
        ]
    return {
        "profile": "tabular-data-resource",
        "name": table,
        "path": path,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(files[path]),
        "hash": f"sha256:{hashlib.sha256(files[path]).hexdigest()}",
        "schema": schema,
    }


def _field(column: Column) -> dict[str, Any]:
    told: dict[str, Any] = {
        "name": column.name,
        "type": column.type,
        "description": f"{column.meaning} ({column.unit})" if column.unit else column.meaning,
    }
    if column.type == "boolean":
        told |= {"trueValues": ["1"], "falseValues": ["0"]}
    if column.type == "datetime":
        told["format"] = "any"  # ISO 8601 with parts of a second and a time zone
    if column.levels:
        levels = list(column.levels)
        told["constraints"] = {
            "enum": [int(one) for one in levels] if column.type == "integer" else levels
        }
    return told
