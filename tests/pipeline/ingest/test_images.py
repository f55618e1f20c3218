"""What is written of an image, and what happens to one that cannot be taken."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import tifffile
from PIL import Image

from tests.pipeline.ingest import hostile
from tests.pipeline.ingest.conftest import Ingest

if TYPE_CHECKING:
    from numpy.typing import NDArray


def pixels(path: Path) -> NDArray[Any]:
    with Image.open(path) as image:
        return np.asarray(image)


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("empty.png", b"", "unreadable"),
        ("cut.png", hostile.png()[:-40], "unreadable"),
        ("small.png", hostile.png(size=(20, 20)), "unreadable"),
        ("film.avi", b"RIFF", "unknown"),
        ("noname", b"x", "unknown"),
    ],
)
def test_a_bad_file_is_named_and_the_rest_is_taken(
    uploads: Path, ingest: Ingest, name: str, content: bytes, kind: str
) -> None:
    (uploads / name).write_bytes(content)
    (uploads / "good.png").write_bytes(hostile.png())
    ingested = ingest()
    assert [(r.name, r.kind) for r in ingested.refused] == [(name, kind)]
    assert [image.name for image in ingested.images] == ["good.png"]


def test_nothing_but_bad_files_is_an_answer_and_no_failure(uploads: Path, ingest: Ingest) -> None:
    (uploads / "a.txt").write_text("x")
    assert ingest().images == ()


def test_the_same_bytes_are_taken_once(uploads: Path, ingest: Ingest) -> None:
    for name in ("a.png", "b.png"):
        (uploads / name).write_bytes(hostile.png())
    ingested = ingest()
    assert [image.name for image in ingested.images] == ["a.png"]
    assert ingested.refused[0].kind == "duplicate"
    assert "a.png" in ingested.refused[0].reason


def test_an_image_comes_with_view_thumbnail_and_hashes(
    uploads: Path, ingest: Ingest, tmp_path: Path
) -> None:
    content = hostile.png(size=(800, 400))
    (uploads / "a.png").write_bytes(content)
    (image,) = ingest().images
    out = tmp_path / "out"
    assert image.sha256 == hashlib.sha256(content).hexdigest()
    assert (image.width_px, image.height_px) == (800, 400)
    assert np.array_equal(pixels(out / image.view), pixels(uploads / "a.png"))
    assert pixels(out / image.thumbnail).shape == (160, 320)
    assert len(image.phash) == 16


def test_sixteen_bits_become_eight_for_the_browser(
    uploads: Path, ingest: Ingest, tmp_path: Path
) -> None:
    ramp = np.tile(np.linspace(0, 65535, 64).astype(np.uint16), (48, 1))
    tifffile.imwrite(uploads / "a.tif", ramp)
    (image,) = ingest().images
    view = pixels(tmp_path / "out" / image.view)
    assert view.dtype == np.uint8
    assert (view.min(), view.max()) == (0, 255)


def test_pixel_size_comes_from_the_tags(uploads: Path, ingest: Ingest) -> None:
    grey = np.zeros((48, 64), np.uint8)
    tifffile.imwrite(
        uploads / "a.tif", grey, imagej=True, resolution=(0.2, 0.2), metadata={"unit": "nm"}
    )
    (image,) = ingest().images
    assert image.nm_per_px == 5.0
    assert "ImageJ" in image.nm_per_px_source


def test_a_decoder_that_takes_too_long_costs_only_its_image(
    uploads: Path, ingest: Ingest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in = tmp_path / "sitecustomize.py"
    stand_in.write_text(
        "import sys\n"
        "import pipeline.micrographs.decoding as d\n"
        "real = d.decode\n"
        "def slow(path):\n"
        "    if path.name == 'b.png':\n"
        "        while True: pass\n"
        "    if path.name == 'c.png':\n"
        "        import os; os.abort()\n"
        "    return real(path)\n"
        "d.decode = slow\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=":")
    for seed, name in enumerate("abcd"):
        (uploads / f"{name}.png").write_bytes(hostile.png(seed))
    ingested = ingest(image_limit_s=1)
    assert [image.name for image in ingested.images] == ["a.png", "d.png"]
    assert {r.name: r.kind for r in ingested.refused} == {"b.png": "time", "c.png": "memory"}


def test_an_image_that_takes_too_much_memory_costs_only_itself(
    uploads: Path, ingest: Ingest
) -> None:
    flat = np.zeros((8000, 8000), np.uint16)
    flat[:, ::2] = 65535
    tifffile.imwrite(uploads / "huge.tif", flat, compression="zlib")
    (uploads / "good.png").write_bytes(hostile.png())
    ingested = ingest(memory_mb=256)
    assert [image.name for image in ingested.images] == ["good.png"]
    assert [r.name for r in ingested.refused] == ["huge.tif"]


def test_an_ingest_that_was_stopped_goes_on_where_it_was(
    uploads: Path, ingest: Ingest, tmp_path: Path
) -> None:
    for seed, name in enumerate("ab"):
        (uploads / f"{name}.png").write_bytes(hostile.png(seed))
    first = ingest()
    (tmp_path / "out" / first.images[1].view).unlink()  # so that it counts as not finished
    (tmp_path / "out" / "result.json").unlink()
    assert ingest() == first


def test_equal_uploads_give_equal_bytes(uploads: Path, ingest: Ingest, tmp_path: Path) -> None:
    (uploads / "a.png").write_bytes(hostile.png())
    ingest()
    before = {
        p.relative_to(tmp_path): p.read_bytes()
        for p in (tmp_path / "out").rglob("*.???")
        if p.is_file()
    }
    (tmp_path / "out").rename(tmp_path / "old")
    ingest()
    assert before == {
        p.relative_to(tmp_path): p.read_bytes()
        for p in (tmp_path / "out").rglob("*.???")
        if p.is_file()
    }
