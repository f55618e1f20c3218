"""Rows to test with; what is not said gets a plain value."""

from __future__ import annotations

import itertools
import struct
import zlib
from typing import Any

from accounts.models import Role, User
from catalog import services
from catalog.models import Dataset, Image, Split, Version
from core.access import Visibility
from core.files import bytes_store
from core.models import StoredFile
from runs.models import Pair, Run, Status

_numbers = itertools.count(1)


def make_user(*roles: Role | str, name: str = "", **fields: Any) -> User:
    """Make a person with these roles (none: somebody of no lab); sign in with `force_login`."""
    number = next(_numbers)
    has: dict[str, Any] = {f"is_{Role(role).value}": True for role in roles}
    has |= fields
    user = User(username=name or f"person-{number}", **has)
    user.set_unusable_password()
    user.save()
    return user


def png_bytes(
    *, width: int = 16, height: int = 12, seed: int | None = None, bits: int = 8
) -> bytes:
    """A grey PNG, 8 or 16 bits deep; another seed makes another file."""
    seed = next(_numbers) if seed is None else seed
    length = width * bits // 8
    ramp = bytes(range(256)) * (length // 256 + 2)
    starts = ((seed * 37 + row * 5) % 256 for row in range(height))
    rows = b"".join(b"\x00" + ramp[start : start + length] for start in starts)
    header = struct.pack(">IIBBBBB", width, height, bits, 0, 0, 0, 0)
    text = b"Comment\x00" + str(seed).encode()
    parts = [(b"IHDR", header), (b"tEXt", text), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in parts)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def make_file(*, bits: int = 8, width: int = 16, height: int = 12) -> StoredFile:
    return bytes_store(png_bytes(width=width, height=height, bits=bits), media_type="image/png")


def make_dataset(*, owner: User | None = None, name: str = "", **fields: Any) -> Dataset:
    return services.dataset_create(
        owner=owner or make_user(Role.CURATOR),
        name=name or f"Dataset {next(_numbers)}",
        **fields,
    )


def make_image(*, dataset: Dataset | None = None, name: str = "", **fields: Any) -> Image:
    """Add an image with files of its own; `excluded_reason` and `tags` may be given too."""
    number = next(_numbers)
    dataset = dataset or make_dataset()
    size = {"width_px": fields.pop("width_px", 16), "height_px": fields.pop("height_px", 12)}
    excluded, tags = fields.pop("excluded_reason", ""), fields.pop("tags", ())
    file = fields.pop("file", None) or make_file(width=size["width_px"], height=size["height_px"])
    image = services.image_add(
        dataset=dataset,
        name=name or f"image-{number:04d}.png",
        file=file,
        view=fields.pop("view", None) or file,
        thumbnail=fields.pop("thumbnail", None) or file,
        added_by=fields.pop("added_by", dataset.owner),
        **size,
        **fields,
    )
    if excluded:
        services.image_exclude(image=image, reason=excluded)
    for tag in tags:
        image.tags.add(dataset.tags.get_or_create(name=tag)[0])
    return image


def make_version(
    *, dataset: Dataset | None = None, images: int = 2, split: str = Split.NONE, note: str = ""
) -> Version:
    """Freeze a dataset; one without images gets some first."""
    dataset = dataset or make_dataset()
    if not dataset.images.filter(excluded_reason="").exists():
        for _ in range(images):
            make_image(dataset=dataset, split=split)
    return services.version_freeze(dataset=dataset, by=dataset.owner, note=note)


def make_run(
    *,
    owner: User | None = None,
    stage: str = "render",
    status: str = Status.SUCCEEDED,
    name: str = "",
    visibility: str = Visibility.PRIVATE,
    **fields: Any,
) -> Run:
    """Make the row of a run; nothing is started."""
    return Run.objects.create(
        owner=owner or make_user(Role.ANALYST),
        stage=stage,
        status=status,
        name=name or f"Run {next(_numbers)}",
        visibility=visibility,
        **fields,
    )


def make_pair(
    *, run: Run | None = None, scene_run: Run | None = None, scene_index: int = 0, **fields: Any
) -> Pair:
    """Make an artificial image beside its height map, of 16 x 12 pixels of 2 nm."""
    run = run or make_run()
    scene_run = scene_run or make_run(owner=run.owner, stage="simulate")
    values = {
        "number": run.pairs.count(),
        "generator": "physics",
        "image": make_file(),
        "height": make_file(bits=16),
        "labels": make_file(bits=16),
        "width_px": 16,
        "height_px": 12,
        "nm_per_px": 2.0,
        "top_nm": 400.0,
    } | fields
    return Pair.objects.create(run=run, scene_run=scene_run, scene_index=scene_index, **values)
