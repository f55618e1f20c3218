"""What a stage may read: runs of fitting stages and datasets, as far as the person may see them."""

from __future__ import annotations

from typing import Any

from accounts.models import User
from catalog.models import Dataset, Version
from catalog.services import version_freeze
from runs.models import Run, Status
from runs.services import InputRef
from runs.stages import Source, title_of

MOST = 100  # newest first; whoever looks for older ones starts from their page

Choices = list[tuple[str, list[tuple[str, str]]]]


def input_choices(source: Source, *, user: Any) -> Choices:
    """Choices by group; a value is "run:7", "version:3", or "dataset:2" to freeze it now."""
    groups: Choices = []
    if source.none:
        groups.append(("Default", [("", source.none)]))
    if source.stages:
        runs = (
            Run.objects.visible_to(user)
            .filter(stage__in=source.stages)
            .exclude(status__in=[Status.FAILED, Status.CANCELLED, Status.LOST])
            .order_by("-pk")[:MOST]
        )
        found = [(f"run:{run.pk}", _run_label(run)) for run in runs]
        groups.append(("Output of a run", found))
    if source.datasets:
        datasets = Dataset.objects.visible_to(user).filter(image_count__gt=0)
        versions = Version.objects.filter(dataset__in=datasets).select_related("dataset")
        rows = versions.order_by("-pk")[:MOST]
        frozen = [(f"version:{one.pk}", f"{one} ({one.image_count} images)") for one in rows]
        groups.append(("Frozen version of a dataset", frozen))
        mine = [one for one in datasets.order_by("-pk")[:MOST] if one.may_be_changed_by(user)]
        now = [(f"dataset:{one.pk}", f"{one} as it is now (freezes it)") for one in mine]
        groups.append(("Dataset", now))
    return [(label, found) for label, found in groups if found]


def input_ref(
    *, field: str, value: str, source: Source, user: User, split: str = "", position: int = 0
) -> InputRef:
    """The input that a choice of `input_choices` means; a dataset is frozen for it."""
    kind, _, key = value.partition(":")
    if kind == "run":
        run = Run.objects.visible_to(user).get(pk=int(key))
        part = source.part if run.stage != "segment-predict" else "images"
        return InputRef(field=field, source_run=run, part=part, position=position)
    seen = Dataset.objects.visible_to(user)
    if kind == "dataset":
        dataset = seen.get(pk=int(key))
        version = version_freeze(dataset=dataset, by=user, note="for a run")
    else:
        version = Version.objects.filter(dataset__in=seen).get(pk=int(key))
    return InputRef(field=field, version=version, part=source.part, split=split, position=position)


def value_of(ref: InputRef) -> str:
    """The choice that a run's input was, for a form that starts from that run."""
    if ref.source_run is not None:
        return f"run:{ref.source_run.pk}"
    return f"version:{ref.version.pk}" if ref.version is not None else ""


def _run_label(run: Run) -> str:
    """Its name and number first: a narrow list cuts off the end. Then the stage."""
    title = title_of(run.stage)
    stage = "" if run.name == title else f", {title}"
    state = "" if run.status == Status.SUCCEEDED else f", {run.get_status_display().lower()}"
    return f"{run}{stage}{state}"
