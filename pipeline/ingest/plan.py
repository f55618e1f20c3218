"""Which of the uploaded files are images, which are truths, and which truth belongs to which image.

Recognised by where a file lies and what it is called: ``images/N.png`` with ``masks/N.*``,
``segmaps/N.*``, ``truth/N.*`` or ``labels/N.*`` (also ``N_m.*`` and ``N_mask.*``, in the same
folder too), COCO files and tables.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from pipeline.contracts import IngestRefusal
from pipeline.ingest.coco_files import Outlined
from pipeline.ingest.metadata import Row, row_of
from pipeline.ingest.refused import Refused
from pipeline.micrographs.reading import SUFFIXES

TRUTH_FOLDERS = ("mask", "segmap", "segmentation", "truth", "label", "ground_truth", "groundtruth")
TRUTH_ENDINGS = ("_m", "_mask", "_masks", "_label", "_labels", "_truth")


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A file at hand: its name for people, and where it lies.

    `uploaded` is relative to the folder of uploads, `original` to the output folder; one of them.
    """

    name: str
    uploaded: str = ""
    original: str = ""

    @property
    def pure(self) -> PurePosixPath:
        """Return the name taken apart."""
        return PurePosixPath(self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """An image to take in, with all that is known of it beforehand."""

    number: int
    image: Item
    truth: Item | None = None
    outlines: str = ""
    outlines_name: str = ""
    row: dict[str, str] = field(default_factory=dict)
    table: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """All tasks, and what is left out before any pixel is read."""

    tasks: tuple[Task, ...]
    refused: tuple[IngestRefusal, ...]


def is_image(item: Item) -> bool:
    """Whether a file is called like an image; its content decides later."""
    return item.pure.suffix.lower() in SUFFIXES


def make_plan(
    items: Iterable[Item],
    *,
    outlined: Iterable[tuple[str, Outlined]] = (),
    tables: Iterable[tuple[str, dict[str, Row]]] = (),
) -> Plan:
    """Match images, truths and rows.

    Parameters
    ----------
    items : iterable of Item
        Files that are called like images.
    outlined : iterable of (str, Outlined)
        Name of each COCO file, with an image that it names.
    tables : iterable of (str, dict)
        Name of each table, with its rows.
    """
    all_items = sorted(items, key=lambda item: item.name)
    stems = {(item.pure.parent, item.pure.stem) for item in all_items}
    truths = [item for item in all_items if _is_truth(item, stems)]
    taken = {item.name for item in truths}
    images = [item for item in all_items if item.name not in taken]
    refused: list[IngestRefusal] = []
    truth_of = _paired(images, truths, refused)
    outlines_of = _outlined(images, list(outlined), refused)
    listed = list(tables)
    tasks = []
    for number, image in enumerate(images):
        table, row = next(
            ((name, row) for name, rows in listed if (row := row_of(rows, image.name))), ("", {})
        )
        coco_name, outlines = outlines_of.get(image.name, ("", ""))
        tasks.append(
            Task(
                number=number,
                image=image,
                truth=truth_of.get(image.name),
                outlines=outlines,
                outlines_name=coco_name,
                row=row,
                table=table,
            )
        )
    return Plan(tasks=tuple(tasks), refused=tuple(refused))


def _is_truth(item: Item, stems: set[tuple[PurePosixPath, str]]) -> bool:
    folders = [part.lower() for part in item.pure.parts[:-1]]
    if any(folder.startswith(TRUTH_FOLDERS) for folder in folders):
        return True
    stem = item.pure.stem
    return any(
        stem.endswith(end) and (item.pure.parent, stem.removesuffix(end)) in stems
        for end in TRUTH_ENDINGS
    )


def _paired(
    images: list[Item], truths: list[Item], refused: list[IngestRefusal]
) -> dict[str, Item]:
    by_stem: dict[str, list[Item]] = {}
    for candidate in images:
        by_stem.setdefault(candidate.pure.stem, []).append(candidate)
    found: dict[str, Item] = {}
    for truth in truths:
        stem = truth.pure.stem
        bases = [stem, *(stem.removesuffix(end) for end in TRUTH_ENDINGS if stem.endswith(end))]
        fitting = [item for base in bases for item in by_stem.get(base, [])]
        image = _nearest(fitting, truth.pure)
        if image is None:
            reason = (
                "fits more than one image; give the images different names."
                if fitting
                else "has no image of its name; call it like its image, or N_m.* or N_mask.*."
            )
            refused.append(Refused(truth.name, "no-image", reason).noted())
        elif image.name in found:
            reason = f"and {found[image.name].name} are both the truth of {image.name}; keep one."
            refused.append(Refused(truth.name, "truth", reason).noted())
        else:
            found[image.name] = truth
    return found


def _outlined(
    images: list[Item], outlined: list[tuple[str, Outlined]], refused: list[IngestRefusal]
) -> dict[str, tuple[str, str]]:
    by_name: dict[str, list[Item]] = {}
    for candidate in images:
        by_name.setdefault(candidate.pure.name.lower(), []).append(candidate)
    found: dict[str, tuple[str, str]] = {}
    missing: dict[str, int] = {}
    for coco_name, entry in outlined:
        wanted = PurePosixPath(entry.file_name.replace("\\", "/"))
        beside = PurePosixPath(coco_name).parent / wanted
        image = _nearest(by_name.get(wanted.name.lower(), []), beside)
        if image is None:
            missing[coco_name] = missing.get(coco_name, 0) + 1
        elif image.name not in found:
            found[image.name] = (coco_name, entry.path)
    for coco_name, count in missing.items():
        reason = f"tells of {count} images that are not in this upload; the others were taken."
        refused.append(Refused(coco_name, "no-image", reason).noted())
    return found


def _nearest(candidates: list[Item], wanted: PurePosixPath) -> Item | None:
    """Return the candidate that shares most folders with `wanted`, None where two share as many."""
    ranked = sorted(candidates, key=lambda item: _common(item.pure, wanted), reverse=True)
    if not ranked:
        return None
    if len(ranked) > 1 and _common(ranked[0].pure, wanted) == _common(ranked[1].pure, wanted):
        return None
    return ranked[0]


def _common(a: PurePosixPath, b: PurePosixPath) -> int:
    count = 0
    for left, right in zip(a.parts[:-1], b.parts[:-1], strict=False):
        if left != right:
            break
        count += 1
    return count
