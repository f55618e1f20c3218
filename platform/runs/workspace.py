"""Where stages work: one root with a folder for each run, and inputs fetched from the storage.

    WORK/runs/12/spec.json          what the stage is asked
    WORK/runs/12/log.txt            what the stage and its libraries wrote to standard error
    WORK/runs/12/out/               the stage's output folder
    WORK/inputs/images-4f5e.../     images of a dataset's version, named by their primary keys

A stage's working directory is the root and the paths in its spec are relative to it, so the same
run has the same spec, byte by byte, on every machine. Run folders lie side by side, because
`pairs.json` names its scenes as `../../12/out/scenes/00000`. What is not there, or only in part, is
fetched from the storage: any machine can take up any run. What folders hold is told by hashes, not
by numbers of rows: a folder that another database left behind is never taken for one of this.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from django.conf import settings
from django.utils.text import slugify
from filelock import FileLock

from catalog.models import Image, Version, VersionItem
from core.files import file_copy
from core.models import FileSet, StoredFile
from runs.models import Run, RunInput, Status
from runs.specs import stage_text

Beat = Callable[[], None]

RESULT, SEAL, NOTES = "result.json", ".sealed", "micrographs.json"
MAKES_PAIRS = frozenset({"render", "cyclegan-generate"})
_SUFFIX = re.compile(r"\.[a-z0-9]{1,5}")


def root() -> Path:
    return Path(settings.SEMBLANCE_WORK)


def run_folder(run: Run) -> Path:
    return root() / "runs" / str(run.pk)


def out_folder(run: Run) -> Path:
    return run_folder(run) / "out"


def lock_of(folder: Path) -> Path:
    """Held by who fills or deletes a folder of a run, or one of inputs."""
    return folder.with_name(f".{folder.name}.lock")


def last_used(folder: Path) -> datetime:
    """When a run last asked for a folder of inputs, or for the output of another run."""
    seconds = max(
        (path.stat().st_mtime for path in (folder, folder / SEAL) if path.exists()), default=0.0
    )
    return datetime.fromtimestamp(seconds, tz=UTC)


def stage_log(run: Run) -> Path:
    return run_folder(run) / "log.txt"


def last_words(run: Run, count: int = 12) -> list[str]:
    """The end of what the stage wrote to standard error."""
    try:
        with stage_log(run).open("rb") as stream:
            stream.seek(max(0, stream.seek(0, 2) - 8_192))
            lines = stream.read().decode("utf-8", errors="replace").splitlines()
    except OSError:
        return []
    return [line for line in lines if line.strip()][-count:]


# ---- names ---------------------------------------------------------------------------------------


def input_name(image: Image | VersionItem) -> str:
    """The file name of an image in a stage's input folder; outputs named by it lead back to it."""
    pk = image.image_id if isinstance(image, VersionItem) else image.pk
    path = PurePosixPath(image.name)
    suffix = path.suffix.lower()
    slug = slugify(path.stem)[:60] or "image"
    return f"{pk}-{slug}{suffix if _SUFFIX.fullmatch(suffix) else ''}"


def image_pk(name: str) -> int | None:
    """The primary key of the image that a file made from it is named after; None: not known."""
    number, dash, _ = PurePosixPath(name).name.partition("-")
    return int(number) if dash and number.isdecimal() and len(number) < 19 else None


# ---- a run's folder ------------------------------------------------------------------------------


def prepare(run: Run, *, beat: Beat = lambda: None) -> Path:
    """Fetch the inputs of a run and write the spec for its stage; return the spec's path.

    `beat` is called between files.
    """
    paths: dict[str, list[str]] = {}
    inputs = run.inputs.select_related("source_run", "version__dataset", "file_set")
    for given in inputs.order_by("field", "position"):
        folder = _input_folder(given, beat)
        paths.setdefault(given.field, []).append(folder.relative_to(root()).as_posix())
    folder = run_folder(run)
    folder.mkdir(parents=True, exist_ok=True)
    spec = folder / "spec.json"
    spec.write_text(stage_text(run.stage, run.spec, paths), encoding="utf-8")
    return spec


def empty(run: Run) -> None:
    """Throw a run's folder away; results that were stored stay in the storage."""
    shutil.rmtree(run_folder(run), ignore_errors=True)


def _input_folder(given: RunInput, beat: Beat) -> Path:
    if given.source_run is not None:
        return _of_run(given.source_run, given, beat)
    if given.version is not None:
        return _of_version(given.version, given, beat)
    if given.file_set is not None:
        return _of_file_set(given.file_set, beat)
    raise ValueError(f"{given} has no source")


# ---- from another run ----------------------------------------------------------------------------


def _of_run(source: Run, given: RunInput, beat: Beat) -> Path:
    fetch_output(source, beat=beat)
    if source.stage not in MAKES_PAIRS or given.field == "pairs":
        return out_folder(source)
    if given.part == RunInput.Part.TRUTH:
        # True labels under the names of the images that show them.
        pairs = source.pairs.select_related("image", "labels").order_by("number")
        images = dict(source.artifacts.filter(role="image").values_list("file_id", "path"))
        named = [
            (f"{PurePosixPath(images[pair.image_id]).stem}.png", pair.labels) for pair in pairs
        ]
        return _folder_of("truth", named, beat)
    return out_folder(source) / "images"


def fetch_output(source: Run, *, beat: Beat = lambda: None) -> Path:
    """Have a run's output on this machine, and the outputs that it refers to."""
    if source.status != Status.SUCCEEDED:
        raise ValueError(f"{source} has not succeeded")
    if source.stage in MAKES_PAIRS:
        for scenes in Run.objects.filter(consumers__run=source, consumers__field="scenes"):
            fetch_output(scenes, beat=beat)
    out = out_folder(source)
    run_folder(source).parent.mkdir(parents=True, exist_ok=True)
    with FileLock(lock_of(run_folder(source))):
        out.mkdir(parents=True, exist_ok=True)
        seal = run_folder(source) / SEAL
        sealed = _digest(source.artifacts.values_list("path", "file_id").order_by("path"))
        same = seal.is_file() and seal.read_text() == sealed
        for artifact in source.artifacts.select_related("file").iterator(chunk_size=500):
            path = out / artifact.path
            if not same or not path.is_file() or path.stat().st_size != artifact.file.size_bytes:
                path.unlink(missing_ok=True)
                file_copy(artifact.file, path)
            beat()
        seal.write_text(sealed)
    return out


def seal_output(run: Run) -> None:
    """Note that a run's folder holds what was stored of it."""
    sealed = _digest(run.artifacts.values_list("path", "file_id").order_by("path"))
    (run_folder(run) / SEAL).write_text(sealed)


def _digest(entries: Iterable[tuple[str, str]]) -> str:
    found = hashlib.sha256()
    for name, sha256 in entries:
        found.update(f"{sha256} {name}\n".encode())
    return found.hexdigest()


# ---- from the catalog ----------------------------------------------------------------------------


def _of_version(version: Version, given: RunInput, beat: Beat) -> Path:
    items = version.items.order_by("pk")
    if given.split:
        items = items.filter(split=given.split)
    if given.part == RunInput.Part.TRUTH:
        with_truth = items.filter(truth__isnull=False).select_related("truth")
        named = [
            (f"{PurePosixPath(input_name(item)).stem}.png", item.truth)
            for item in with_truth.iterator(chunk_size=500)
            if item.truth is not None
        ]
        return _folder_of("truth", named, beat)
    rows = items.select_related("file").iterator(chunk_size=500)
    images = [(input_name(item), item.file) for item in rows]
    return _folder_of("images", images, beat, notes=_known(items))


def _known(items: Iterable[VersionItem]) -> dict[str, dict[str, float | int]]:
    """What people know of the images and the files do not say."""
    known: dict[str, dict[str, float | int]] = {}
    for item in items:
        facts: dict[str, float | int] = {}
        if item.nm_per_px is not None:
            facts["nm_per_px"] = item.nm_per_px
        if item.data_bar_row is not None:
            facts["data_bar_row"] = item.data_bar_row
        if facts:
            known[input_name(item)] = facts
    return known


def _of_file_set(file_set: FileSet, beat: Beat) -> Path:
    items = file_set.items.select_related("file").order_by("name")
    return _folder_of("files", [(item.name, item.file) for item in items], beat)


def _folder_of(
    word: str,
    files: list[tuple[str, StoredFile]],
    beat: Beat,
    notes: dict[str, dict[str, float | int]] | None = None,
) -> Path:
    """A folder of files that never change, named by what is in it; it appears with all of them."""
    said = json.dumps(notes, indent=1, sort_keys=True) if notes else ""
    digest = _digest([*((name, stored.sha256) for name, stored in files), (said, NOTES)])
    name = f"{word}-{digest[:20]}"
    folder = root() / "inputs" / name
    folder.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(lock_of(folder)):
        if folder.is_dir():
            folder.touch()
            return folder
        part = folder.with_name(f"{name}.part")
        part.mkdir(exist_ok=True)
        for file_name, stored in files:
            target = part / file_name
            if not target.resolve().is_relative_to(part.resolve()):
                raise ValueError(f"{file_name!r} leads out of its folder")
            file_copy(stored, target)
            beat()
        if said:
            (part / NOTES).write_text(said, encoding="utf-8")
        part.replace(folder)
    return folder
