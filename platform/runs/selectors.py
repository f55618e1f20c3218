"""Reading runs for the pages; every function starts from what the person may see."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.http import Http404

from runs.models import Artifact, Launch, LogLine, Metric, Run, Sample

if TYPE_CHECKING:
    from django.db.models import QuerySet

MOST_POINTS = 20_000  # of one answer; a page asks again for the rest
MOST_COMPARED = 100


def runs_visible(*, user: Any) -> QuerySet[Run]:
    return Run.objects.visible_to(user).select_related("owner", "launch")


def run_get_visible(*, user: Any, pk: int) -> Run:
    found = runs_visible(user=user).filter(pk=pk).first()
    if found is None:
        raise Http404("There is no such run, or it is not shared with you.")
    return found


def runs_filtered(
    *, user: Any, stage: str = "", status: str = "", launch: int | None = None
) -> QuerySet[Run]:
    rows = runs_visible(user=user)
    if stage:
        rows = rows.filter(stage=stage)
    if status:
        rows = rows.filter(status=status)
    if launch is not None:
        rows = rows.filter(launch_id=launch)
    return rows


def launches_visible(*, user: Any) -> QuerySet[Launch]:
    return Launch.objects.visible_to(user).select_related("owner")


def artifact_get_visible(*, user: Any, pk: int) -> Artifact:
    rows = Artifact.objects.filter(run__in=Run.objects.visible_to(user)).select_related("file")
    found = rows.filter(pk=pk).first()
    if found is None:
        raise Http404("There is no such file, or its run is not shared with you.")
    return found


def sample_get_visible(*, user: Any, pk: int) -> Sample:
    rows = Sample.objects.filter(run__in=Run.objects.visible_to(user)).select_related("file")
    found = rows.filter(pk=pk).first()
    if found is None:
        raise Http404("There is no such image, or its run is not shared with you.")
    return found


def log_of(*, run: Run, last: int = 500) -> list[LogLine]:
    """The last lines, oldest first."""
    return list(run.log_lines.order_by("-pk")[:last])[::-1]


# ---- curves --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Curves:
    """New points of some curves, and the key after which to ask next."""

    points: dict[str, list[tuple[int, float]]]
    after: int


def curves_of(*, run: Run, after: int = 0) -> Curves:
    """The values stored after the row `after`; a value said again has its old row."""
    rows = run.curve_values.filter(pk__gt=after).order_by("pk")
    found = list(rows.values_list("pk", "name", "step", "value")[:MOST_POINTS])
    points: dict[str, list[tuple[int, float]]] = {}
    for _, name, step, value in found:
        points.setdefault(name, []).append((step, value))
    return Curves(points=points, after=found[-1][0] if found else after)


def curves_together(*, runs: Iterable[Run]) -> dict[str, dict[int, list[tuple[int, float]]]]:
    """Curves of several runs by name, then run: one query for all of them."""
    rows = Metric.objects.filter(run__in=[run.pk for run in runs]).order_by("name", "run", "step")
    together: dict[str, dict[int, list[tuple[int, float]]]] = {}
    for name, run, step, value in rows.values_list("name", "run_id", "step", "value").iterator():
        together.setdefault(name, {}).setdefault(run, []).append((step, value))
    return together


# ---- samples -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One thing shown at several steps, e.g. the same scene while a generator learns."""

    caption: str
    samples: list[Sample]


def series_of(*, run: Run) -> list[Series]:
    """The samples of a run by caption, each in the order of its steps."""
    groups: dict[str, list[Sample]] = {}
    for sample in run.samples.order_by("step", "pk"):
        groups.setdefault(sample.caption, []).append(sample)
    return [Series(caption=caption, samples=found) for caption, found in groups.items()]


# ---- several runs --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of a comparison: a name, and what each run has there."""

    name: str
    values: list[Any]


def parameters_that_differ(*, runs: list[Run]) -> list[Row]:
    names = sorted({name for run in runs for name in run.spec})
    rows = [Row(name=name, values=[run.spec.get(name) for run in runs]) for name in names]
    rows.insert(0, Row(name="stage", values=[run.stage for run in runs]))
    return [row for row in rows if any(value != row.values[0] for value in row.values)]


def metrics_together(*, runs: list[Run]) -> list[Row]:
    names = sorted({name for run in runs for name in run.metrics})
    return [Row(name=name, values=[run.metrics.get(name) for run in runs]) for name in names]
