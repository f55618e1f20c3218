"""Values that the images of a dataset have, found by hopping along an index, not by reading all."""

from __future__ import annotations

from django.db import connection

from catalog.models import Dataset

MOST = 50

# One index seek a value: https://wiki.postgresql.org/wiki/Loose_indexscan
_MATERIALS = """
WITH RECURSIVE hop(value) AS (
    SELECT min(material) FROM catalog_image WHERE dataset_id = %s
    UNION ALL
    SELECT (SELECT min(material) FROM catalog_image WHERE dataset_id = %s AND material > hop.value)
    FROM hop WHERE hop.value IS NOT NULL
)
SELECT value FROM hop WHERE value <> '' LIMIT %s
"""
_SHAPES = _MATERIALS.replace("material", "shape")


def materials(*, dataset: Dataset) -> list[str]:
    return _values(_MATERIALS, dataset)


def shapes(*, dataset: Dataset) -> list[str]:
    return _values(_SHAPES, dataset)


def _values(statement: str, dataset: Dataset) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(statement, [dataset.pk, dataset.pk, MOST])
        return [value for (value,) in cursor.fetchall()]
