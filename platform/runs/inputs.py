"""What a run reads: asked for by reference, checked against what its owner may see."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from accounts.models import User
from catalog.models import Dataset, Split, Version
from core.models import FileSet
from runs.errors import RunRefused
from runs.models import Run, RunInput, Status

_ENDED_BADLY = (Status.FAILED, Status.CANCELLED, Status.LOST)


@dataclass(frozen=True, slots=True)
class InputRef:
    """What one path field of a spec reads: exactly one of a run, a version and a file set."""

    field: str
    source_run: Run | None = None
    version: Version | None = None
    file_set: FileSet | None = None
    part: str = RunInput.Part.IMAGES.value
    split: str = ""  # of a version; empty: all
    position: int = 0  # order within a field that takes several


@dataclass(frozen=True, slots=True)
class StepRef:
    """What one path field of a step's spec reads: the output of an earlier step."""

    field: str
    step: str
    part: str = RunInput.Part.IMAGES.value
    position: int = 0


def ordered(inputs: Iterable[InputRef]) -> list[InputRef]:
    """The inputs, numbered within each field in the order of their positions."""
    numbered: list[InputRef] = []
    for one in sorted(inputs, key=lambda ref: ref.position):
        number = sum(other.field == one.field for other in numbered)
        numbered.append(replace(one, position=number))
    return numbered


def check_input(ref: InputRef, owner: User) -> None:
    sources = [ref.source_run, ref.version, ref.file_set]
    if sum(source is not None for source in sources) != 1:
        raise RunRefused(ref.field, "needs one source: a run, a version or files.")
    if ref.part not in RunInput.Part.values:
        raise RunRefused(ref.field, f"{ref.part!r} is neither images nor truth.")
    if ref.source_run is not None:
        source = ref.source_run
        if source.owner_id != owner.pk and not _visible(Run.objects, source.pk, owner):
            raise RunRefused(ref.field, "There is no such run, or it is not shared with you.")
        if source.status in _ENDED_BADLY:
            state = source.get_status_display().lower()
            raise RunRefused(ref.field, f"{source} is {state}; resume it, or choose another run.")
    if ref.version is not None:
        dataset = ref.version.dataset
        if dataset.owner_id != owner.pk and not _visible(Dataset.objects, dataset.pk, owner):
            raise RunRefused(ref.field, "There is no such dataset, or it is not shared with you.")
        if ref.split not in Split.values:
            parts = ", ".join(value for value in Split.values if value)
            raise RunRefused(ref.field, f"{ref.split!r} is no part of a dataset; write {parts}.")
        if ref.split and not ref.version.items.filter(split=ref.split).exists():
            raise RunRefused(
                ref.field,
                f"{ref.version} has no image for {Split(ref.split).label.lower()}; choose another "
                "part of the dataset, or split it first.",
            )


def _visible(manager: Any, pk: int, user: User) -> bool:
    return bool(manager.visible_to(user).filter(pk=pk).exists())


def input_row(ref: InputRef) -> RunInput:
    return RunInput(
        field=ref.field,
        position=ref.position,
        source_run=ref.source_run,
        version=ref.version,
        file_set=ref.file_set,
        part=ref.part,
        split=ref.split,
    )


def resolved(ref: InputRef | StepRef, made: Mapping[str, Run]) -> InputRef:
    if isinstance(ref, InputRef):
        return ref
    if ref.step not in made:
        raise RunRefused(ref.field, f"reads from {ref.step!r}, which is no earlier step.")
    return InputRef(
        field=ref.field, source_run=made[ref.step], part=ref.part, position=ref.position
    )


def input_refs(run: Run) -> list[InputRef]:
    """A run's inputs as they were asked for."""
    rows = run.inputs.select_related("source_run", "version", "file_set")
    return [
        InputRef(
            field=row.field,
            source_run=row.source_run,
            version=row.version,
            file_set=row.file_set,
            part=row.part,
            split=row.split,
            position=row.position,
        )
        for row in rows.order_by("field", "position")
    ]
