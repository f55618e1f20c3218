"""Several runs beside each other; each question is one query, however many runs there are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from runs.models import Metric, Run, RunInput, Sample
from runs.parameters import units_of

MOST_COMPARED = 100
ABSENT = "\N{EN DASH}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of a comparison: a name, and what each run has there."""

    name: str
    values: list[Any]
    unit: str = ""


def parameters_that_differ(*, runs: list[Run]) -> list[Row]:
    """What the runs were told, where it is not the same; `ABSENT` where one has no such thing."""
    units: dict[str, str] = {}
    for stage in {run.stage for run in runs}:
        units |= units_of(stage)
    names = sorted({name for run in runs for name in run.spec})
    rows = [
        Row(
            name=name,
            values=[run.spec.get(name, ABSENT) for run in runs],
            unit=units.get(name, ""),
        )
        for name in names
    ]
    rows.insert(0, Row(name="stage", values=[run.stage for run in runs]))
    rows[1:1] = _inputs_together(runs)
    return [row for row in rows if any(value != row.values[0] for value in row.values)]


def _inputs_together(runs: list[Run]) -> list[Row]:
    """What the runs read, without names: these may not be shared."""
    found: dict[str, dict[int, list[str]]] = {}
    for row in RunInput.objects.filter(run__in=[run.pk for run in runs]).order_by("position", "pk"):
        text = f"run {row.source_run_id}" if row.source_run_id else "files"
        if row.version_id:
            text = f"version {row.version_id}{' ' + row.split if row.split else ''}"
        found.setdefault(row.field, {}).setdefault(row.run_id, []).append(text)
    return [
        Row(name=name, values=[", ".join(by_run.get(run.pk, [])) or None for run in runs])
        for name, by_run in sorted(found.items())
    ]


def metrics_together(*, runs: list[Run]) -> list[Row]:
    names = sorted({name for run in runs for name in run.metrics})
    return [Row(name=name, values=[run.metrics.get(name) for run in runs]) for name in names]


def curves_together(*, runs: Iterable[Run]) -> dict[str, dict[int, list[tuple[int, float]]]]:
    """Curves of several runs by name, then run: one query for all of them."""
    rows = Metric.objects.filter(run__in=[run.pk for run in runs]).order_by("name", "run", "step")
    together: dict[str, dict[int, list[tuple[int, float]]]] = {}
    for name, run, step, value in rows.values_list("name", "run_id", "step", "value").iterator():
        together.setdefault(name, {}).setdefault(run, []).append((step, value))
    return together


def samples_together(*, runs: Iterable[Run]) -> dict[str, dict[int, list[Sample]]]:
    """The samples of several runs by caption, then run, in the order of their steps."""
    rows = Sample.objects.filter(run__in=[run.pk for run in runs]).order_by("step", "pk")
    found: dict[str, dict[int, list[Sample]]] = {}
    for sample in rows:
        found.setdefault(sample.caption, {}).setdefault(sample.run_id, []).append(sample)
    return found
