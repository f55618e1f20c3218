"""Stage `ingest`: a folder of uploads becomes images with views, hashes, scales and truths.

Phases: open the archives and COCO files, match what belongs together, decode. Each leaves files
behind, so a stopped ingest goes on where it was.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path

from pipeline import codec, files
from pipeline.contracts import Ingested, IngestedImage, IngestRefusal, IngestSpec
from pipeline.ingest.coco_files import CocoRead, Outlined
from pipeline.ingest.crew import LOG, Crew
from pipeline.ingest.metadata import Row, read_table
from pipeline.ingest.plan import Item, Plan, is_image, make_plan
from pipeline.ingest.records import Record, place
from pipeline.ingest.refused import Refused, shown
from pipeline.ingest.worker import PLAN, RECORDS, record_path
from pipeline.ingest.zips import ARCHIVES, Unpacked, is_litter
from pipeline.runner import LOCK, RESULT, SPEC, StageContext, require_folder

INGESTED = "ingested.json"
_ARCHIVES, _COCO = "archives", "coco"
_UNKNOWN = (
    "is no image, ZIP, COCO file or table; take TIFF, PNG, JPEG, BMP, GIF, WebP, PNM, ZIP, JSON or "
    "CSV."
)
_ODD_NAME = "has a name in no encoding known here; rename it."


@dataclass(slots=True)
class _Found:
    """What lies in the uploads, sorted by what it is."""

    images: list[Item] = field(default_factory=list)
    coco: list[Item] = field(default_factory=list)
    tables: list[Item] = field(default_factory=list)
    refused: list[IngestRefusal] = field(default_factory=list)

    def add(self, item: Item) -> None:
        suffix = item.pure.suffix.lower()
        if is_litter(item.name):
            return
        if is_image(item):
            self.images.append(item)
        elif suffix == ".json":
            self.coco.append(item)
        elif suffix == ".csv":
            self.tables.append(item)
        else:
            self.refused.append(Refused(item.name, "unknown", _UNKNOWN).noted())


def run(spec: IngestSpec, context: StageContext) -> None:
    """Take in all that can be used; name all that cannot."""
    uploads = require_folder(spec.uploads, what="uploaded files")
    crew = Crew(spec, spec_path=context.out / SPEC, out=context.out)
    found = _look(uploads, crew, context)
    plan = _match(found, spec, crew, context.out)
    files.write_json(context.out / PLAN, plan)
    total = len(plan.tasks)
    context.progress(0, total, unit="image", phase="decode")
    crew.take_images(
        plan.tasks,
        processes=context.threads,
        tell=lambda done: context.progress(done, total, unit="image", phase="decode"),
    )
    ingested = _collect(plan, found.refused, context.out)
    _tell(ingested, context)
    for name in (RECORDS, _COCO):
        shutil.rmtree(context.out / name, ignore_errors=True)
    for path in (context.out / PLAN, context.out / LOG):
        path.unlink(missing_ok=True)


# --- opening ----------------------------------------------------------------------------------


def _look(uploads: Path, crew: Crew, context: StageContext) -> _Found:
    """Sort the files at hand; archives are opened and sorted in."""
    found = _Found()
    archives = []
    for name in sorted(path.relative_to(uploads).as_posix() for path in _files_in(uploads)):
        item = Item(name=shown(name), uploaded=name)
        if not _is_text(name):
            found.refused.append(Refused(item.name, "unknown", _ODD_NAME).noted())
        elif name.lower().endswith(ARCHIVES):
            archives.append(item)
        else:
            found.add(item)
    for done, archive in enumerate(archives):
        context.progress(done, len(archives), unit="archive", phase="unpack")
        _open_archive(archive, done, uploads, crew, found)
    if archives:
        context.progress(len(archives), len(archives), unit="archive", phase="unpack")
    return found


def _files_in(folder: Path) -> list[Path]:
    """Return all files below a folder; what a stage notes beside its output is none of them."""
    notes = {folder / LOCK}
    if _is_result(folder / RESULT):
        notes |= {folder / SPEC, folder / RESULT}
    found = [Path(root) / name for root, _, names in os.walk(folder) for name in names]
    return [path for path in found if path not in notes]


def _is_result(path: Path) -> bool:
    try:
        return path.read_bytes()[:12].startswith(b'{\n "stage"')
    except OSError:
        return False


def _is_text(name: str) -> bool:
    """Whether a name on disk is UTF-8; Python marks the bytes of others with surrogates."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _open_archive(archive: Item, number: int, uploads: Path, crew: Crew, found: _Found) -> None:
    folder = f"{_ARCHIVES}/{number:03d}"
    where = {"name": archive.name, "folder": folder}
    unpacked = crew.open_one("zip", Unpacked, file=uploads / archive.uploaded, **where)
    if unpacked is None:
        reason = "took more memory or time to unpack than is allowed; split it."
        found.refused.append(Refused(archive.name, "archive", reason).noted())
        return
    found.refused.extend(unpacked.refused)
    for member in unpacked.members:
        found.add(Item(name=shown(f"{archive.name}/{member.name}"), original=member.path))


# --- matching ---------------------------------------------------------------------------------


def _match(found: _Found, spec: IngestSpec, crew: Crew, out: Path) -> Plan:
    outlined: list[tuple[str, Outlined]] = []
    for number, item in enumerate(found.coco):
        path = place(item, spec, out)
        read = crew.open_one(
            "coco", CocoRead, file=path, name=item.name, folder=f"{_COCO}/{number:03d}"
        )
        if read is None:
            reason = "took more memory or time to read than is allowed; split it by image."
            found.refused.append(Refused(item.name, "coco", reason).noted())
            continue
        found.refused.extend(read.refused)
        outlined.extend((item.name, entry) for entry in read.outlined)
    tables: list[tuple[str, dict[str, Row]]] = []
    for item in found.tables:
        try:
            tables.append((item.name, read_table(place(item, spec, out), name=item.name)))
        except Refused as refusal:
            found.refused.append(refusal.noted())
    plan = make_plan(found.images, outlined=outlined, tables=tables)
    found.refused.extend(plan.refused)
    return plan


# --- collecting -------------------------------------------------------------------------------


def _collect(plan: Plan, refused: list[IngestRefusal], out: Path) -> Ingested:
    images: list[IngestedImage] = []
    everything = list(refused)
    first_of: dict[str, str] = {}
    for task in plan.tasks:
        text = record_path(out, task.number).read_text()
        record = codec.from_jsonable(Record, codec.parse_json(text, source="record"))
        everything.extend(record.refused)
        image = record.image
        if image is None:
            continue
        if image.sha256 in first_of:
            reason = f"is the same file as {first_of[image.sha256]}; it was taken once."
            everything.append(Refused(image.name, "duplicate", reason).noted())
            continue
        first_of[image.sha256] = image.name
        images.append(image)
    return Ingested(images=tuple(images), refused=tuple(everything))


def _tell(ingested: Ingested, context: StageContext) -> None:
    for refusal in ingested.refused:
        context.refuse(refusal.name, refusal.reason)
    for image in ingested.images:
        context.artifact(context.out / image.view, "view")
        context.artifact(context.out / image.thumbnail, "thumbnail")
        if image.original:
            context.artifact(context.out / image.original, "original")
        if image.truth:
            context.artifact(context.out / image.truth, "truth")
    context.artifact(files.write_json(context.out / INGESTED, ingested), "ingested")
    with_truth = sum(1 for image in ingested.images if image.truth)
    context.metrics |= {
        "images": float(len(ingested.images)),
        "with_truth": float(with_truth),
        "refused": float(len(ingested.refused)),
    }
    if not ingested.images:
        context.warn("No image could be taken; what was left out says why.")
