"""Reading runs for the pages; every function starts from what the person may see."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.http import Http404
from django.urls import reverse

from catalog.models import Dataset, Version
from runs.labels import label_of
from runs.models import Artifact, Launch, LogLine, Run, RunInput, Sample

if TYPE_CHECKING:
    from django.db.models import QuerySet

MOST_POINTS = 20_000  # of one answer; a page asks again for the rest
MOST_LINES = 500  # of a log at once


def runs_visible(*, user: Any) -> QuerySet[Run]:
    return Run.objects.visible_to(user).select_related("owner", "launch")


def run_get_visible(*, user: Any, pk: int) -> Run:
    found = runs_visible(user=user).filter(pk=pk).first()
    if found is None:
        raise Http404("There is no such run, or it is not shared with you.")
    return found


def runs_filtered(
    *, user: Any, stage: str = "", status: str = "", launch: int | None = None, name: str = ""
) -> QuerySet[Run]:
    rows = runs_visible(user=user)
    if stage:
        rows = rows.filter(stage=stage)
    if status:
        rows = rows.filter(status=status)
    if launch is not None:
        rows = rows.filter(launch_id=launch)
    if name:
        rows = rows.filter(name__icontains=name)
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


def log_of(*, run: Run, last: int = MOST_LINES) -> list[LogLine]:
    """The last lines, oldest first."""
    return list(run.log_lines.order_by("-pk")[:last])[::-1]


def log_after(*, run: Run, after: int) -> list[LogLine]:
    """The lines since `after`."""
    return list(run.log_lines.filter(pk__gt=after).order_by("pk")[:MOST_LINES])


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """What a run reads; `address` is empty where the person may not see it."""

    label: str
    text: str
    address: str = ""


def inputs_of(*, run: Run, user: Any) -> list[Input]:
    rows = run.inputs.select_related("source_run", "version__dataset")
    found = list(rows.order_by("field", "position"))
    runs = Run.objects.visible_to(user).filter(pk__in=[row.source_run_id for row in found])
    versions = Version.objects.filter(
        pk__in=[row.version_id for row in found], dataset__in=Dataset.objects.visible_to(user)
    )
    seen_runs = set(runs.values_list("pk", flat=True))
    seen_versions = set(versions.values_list("pk", flat=True))
    return [_input(row, seen_runs, seen_versions) for row in found]


def _input(row: RunInput, runs: set[int], versions: set[int]) -> Input:
    label = label_of(row.field)
    if row.source_run is not None:
        if row.source_run.pk not in runs:
            return Input(label=label, text="A run that is not shared with you")
        address = reverse("runs:run", args=[row.source_run.pk])
        return Input(label=label, text=str(row.source_run), address=address)
    if row.version is not None:
        if row.version.pk not in versions:
            return Input(label=label, text="A dataset that is not shared with you")
        part = ", its masks" if row.part == RunInput.Part.TRUTH else ""
        text = f"{row.version}{part}" + (f", {row.split} only" if row.split else "")
        address = reverse("catalog:version", args=[row.version.pk])
        return Input(label=label, text=text, address=address)
    return Input(label=label, text="Files that came with it")


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
