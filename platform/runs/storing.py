"""From a stage's folder to the storage and the tables: all of a result, or nothing of it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from django.db import transaction
from django.utils import timezone

from catalog.errors import Refused
from catalog.hashes import checked_phash
from core.files import files_store
from core.models import StoredFile
from pipeline import codec
from pipeline.contracts import PairList, SceneTruth, StageResult
from pipeline.errors import SpecRefused
from runs import fairness, models, states, workspace
from runs.lease import Lease, LeaseLost
from runs.models import Artifact, Run, Status

_BATCH = 500
_FILES_AT_ONCE = 200
_SCENE = re.compile(r"runs/(\d+)/out/(scenes/(\d+))")
PAIRS, HEIGHT, LABELS, TRUTH = "pairs.json", "height.png", "labels.png", "scene.json"

RecordT = TypeVar("RecordT")


class ResultUnusable(Exception):
    """What a stage left cannot be stored; the message is for people."""


def store(run: Run, *, lease: Lease, notes: tuple[str, ...] = ()) -> None:
    """Store the result of a stage that has ended well; the run is succeeded then.

    Files first, one by one, then all rows in one transaction.
    """
    out = workspace.out_folder(run)
    result = _read(StageResult, out / workspace.RESULT)
    artifacts = _stored(run, out, result, lease)
    pairs = _pairs(run, out, artifacts, lease) if run.stage in workspace.MAKES_PAIRS else []
    with transaction.atomic():
        run.artifacts.all().delete()
        run.pairs.all().delete()
        Artifact.objects.bulk_create(artifacts, batch_size=_BATCH)
        models.Pair.objects.bulk_create(pairs, batch_size=_BATCH)
        if not states.move(
            run,
            Status.SUCCEEDED,
            only_if=lease.mine,
            ended_at=timezone.now(),
            lease_until=None,
            code_version=result.code_version[:40],
            used_device=result.device[:60],
            threads=result.threads,
            metrics=result.metrics,
            warnings=[*result.warnings, *notes, *fairness.warnings_of(run)],
            refused=codec.to_jsonable(result.refused),
        ):
            raise LeaseLost  # undoes the rows above
    workspace.seal_output(run)


def _stored(run: Run, out: Path, result: StageResult, lease: Lease) -> list[Artifact]:
    """Put the files of a result into the storage; their rows are written with all others."""
    artifacts = []
    for first in range(0, len(result.artifacts), _FILES_AT_ONCE):
        batch = result.artifacts[first : first + _FILES_AT_ONCE]
        files = files_store(_beating((_inside(out, made.path) for made in batch), lease))
        for made, file in zip(batch, files, strict=True):
            if file.sha256 != made.sha256:
                raise ResultUnusable(f"{made.path} is not what the stage wrote; resume the run.")
            artifacts.append(Artifact(run=run, path=made.path, role=made.role[:60], file=file))
    return artifacts


def _beating(paths: Iterator[Path], lease: Lease) -> Iterator[Path]:
    for path in paths:
        lease.beat()
        yield path


# ---- pairs ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scene:
    run_id: int
    index: int
    truth: SceneTruth
    height: StoredFile
    labels: StoredFile


def _pairs(run: Run, out: Path, artifacts: list[Artifact], lease: Lease) -> list[models.Pair]:
    listed = _read(PairList, out / PAIRS)
    images = {artifact.path: artifact.file for artifact in artifacts}
    scenes: dict[str, _Scene] = {}
    rows = []
    for number, pair in enumerate(listed.pairs):
        if pair.scene not in scenes:
            scenes[pair.scene] = _scene(out, pair.scene)
            lease.beat()
        if pair.image not in images:
            raise ResultUnusable(f"{PAIRS} names {pair.image}, which the stage did not make.")
        rows.append(_pair(run, number, listed.generator, pair, images[pair.image], scenes))
    return rows


def _pair(
    run: Run,
    number: int,
    generator: str,
    pair: Any,
    image: StoredFile,
    scenes: dict[str, _Scene],
) -> models.Pair:
    scene = scenes[pair.scene]
    return models.Pair(
        run=run,
        number=number,
        generator=generator[:40],
        scene_run_id=scene.run_id,
        scene_index=scene.index,
        image=image,
        height=scene.height,
        labels=scene.labels,
        parameters=pair.parameters,
        width_px=scene.truth.width_px,
        height_px=scene.truth.height_px,
        nm_per_px=scene.truth.nm_per_px,
        top_nm=scene.truth.top_nm,
        phash=_phash(pair.phash),
    )


def _phash(told: str) -> str:
    try:
        return checked_phash(told)
    except Refused as refused:
        raise ResultUnusable(f"{PAIRS} has something else in place of one: {refused}") from None


def _scene(out: Path, name: str) -> _Scene:
    folder = Path(os.path.normpath(out / name))
    root = Path(os.path.normpath(workspace.root()))
    match = None
    if folder.is_relative_to(root):
        match = _SCENE.fullmatch(folder.relative_to(root).as_posix())
    if match is None:
        raise ResultUnusable(f"{PAIRS} names the scene {name}, which is no run's.")
    run_id, below = int(match[1]), match[2]
    wanted = {f"{below}/{HEIGHT}": "height", f"{below}/{LABELS}": "labels"}
    found = {
        wanted[artifact.path]: artifact.file
        for artifact in Artifact.objects.filter(run_id=run_id, path__in=wanted).select_related(
            "file"
        )
    }
    if len(found) != len(wanted):
        raise ResultUnusable(f"Run {run_id} lacks the height map or the labels of {below}.")
    truth = _read(SceneTruth, folder / TRUTH)
    return _Scene(run_id=run_id, index=int(match[3]), truth=truth, **found)


# ---- reading -------------------------------------------------------------------------------------


def _read(kind: type[RecordT], path: Path) -> RecordT:
    try:
        return codec.from_jsonable(kind, codec.parse_json(path.read_text(), source=path.name))
    except FileNotFoundError:
        raise ResultUnusable(f"The stage left no {path.name}; resume the run.") from None
    except (SpecRefused, UnicodeDecodeError, RecursionError) as error:
        raise ResultUnusable(f"{path.name} cannot be read: {error}.") from None


def _inside(out: Path, name: str) -> Path:
    path = (out / name).resolve()
    if not path.is_relative_to(out.resolve()) or not path.is_file():
        raise ResultUnusable(f"{name} is named in {workspace.RESULT} but is not there.")
    return path
