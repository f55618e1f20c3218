"""What is refused: one sentence each, before anything is decoded where that matters."""

from __future__ import annotations

import io
import struct
import zlib
from typing import TYPE_CHECKING

import numpy as np
import pytest
import tifffile
from PIL import Image

from pipeline.errors import InputRefused
from pipeline.micrographs import list_images, read_micrograph

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray


def _png_header(width_px: int, height_px: int) -> bytes:
    """Return a PNG that claims a size and holds no pixels: decoding it could only fail."""
    header = b"IHDR" + struct.pack(">IIBBBBB", width_px, height_px, 8, 0, 0, 0, 0)
    data = b"IDAT" + zlib.compress(b"")
    chunks = [
        struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk))
        for chunk in (header, data, b"IEND")
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def _encoded(image: NDArray[np.uint8], kind: str) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(image).save(stream, format=kind)
    return stream.getvalue()


def _refusal(path: Path) -> str:
    with pytest.raises(InputRefused) as caught:
        read_micrograph(path)
    assert caught.value.name == path.name
    return caught.value.reason


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    assert "not there" in _refusal(tmp_path / "gone.tif")


def test_a_folder_in_place_of_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "folder.tif").mkdir()
    assert "cannot be opened" in _refusal(tmp_path / "folder.tif")


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"")
    assert "0 bytes" in _refusal(tmp_path / "a.png")


@pytest.mark.parametrize(
    "content", [b"no image at all", b"%!PS-Adobe-3.0 EPSF", b"II*\0", b"\0" * 99]
)
def test_a_file_that_is_no_image_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.tif").write_bytes(content)
    reason = _refusal(tmp_path / "a.tif")
    assert "not an image" in reason or "damaged" in reason


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "BMP", "GIF", "WEBP", "PPM", "TIFF"])
def test_a_truncated_file_is_refused(tmp_path: Path, kind: str) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (64, 64), dtype=np.uint8)
    whole = _encoded(noise, kind)
    for part in (0.5, 0.8):
        (tmp_path / "a.img").write_bytes(whole[: int(part * len(whole))])
        assert "truncated" in _refusal(tmp_path / "a.img")


@pytest.mark.parametrize("compression", [None, "zlib"])
@pytest.mark.parametrize("part", [0.3, 0.7, 0.97])
def test_a_truncated_tiff_is_never_filled_with_zeros(
    tmp_path: Path, compression: str | None, part: float
) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (64, 64), dtype=np.uint8)
    stream = io.BytesIO()
    tifffile.imwrite(stream, noise, compression=compression, rowsperstrip=8)
    whole = stream.getvalue()
    (tmp_path / "a.tif").write_bytes(whole[: int(part * len(whole))])
    assert "truncated" in _refusal(tmp_path / "a.tif")


@pytest.mark.parametrize("kind", ["JPEG", "TIFF"])
def test_cmyk_is_refused(tmp_path: Path, grey8: NDArray[np.uint8], kind: str) -> None:
    Image.fromarray(grey8).convert("CMYK").save(tmp_path / "a.img", format=kind)
    assert "CMYK" in _refusal(tmp_path / "a.img")


@pytest.mark.parametrize("shape", [(31, 64), (64, 31), (1, 1)])
@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_a_side_under_32_px_is_refused(tmp_path: Path, shape: tuple[int, int], kind: str) -> None:
    (tmp_path / "a.img").write_bytes(_encoded(np.zeros(shape, np.uint8), kind))
    assert "at least 32 px" in _refusal(tmp_path / "a.img")


@pytest.mark.parametrize(
    "size", [(8193, 64), (64, 8193), (12_000, 12_000), (30_000, 30_000), (2**31 - 1, 2**31 - 1)]
)
def test_a_side_over_8192_px_is_refused_from_the_header(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    (tmp_path / "bomb.png").write_bytes(_png_header(*size))
    assert "8192 px" in _refusal(tmp_path / "bomb.png")


def test_a_huge_tiff_is_refused_from_the_header(tmp_path: Path) -> None:
    stream = io.BytesIO()
    tifffile.imwrite(stream, np.zeros((64, 64), np.uint8))
    content = bytearray(stream.getvalue())
    with tifffile.TiffFile(io.BytesIO(content)) as tiff:
        place = tiff.pages[0].tags[256].valueoffset  # type: ignore[union-attr]
    content[place : place + 4] = struct.pack("<I", 4_000_000_000)
    (tmp_path / "bomb.tif").write_bytes(content)
    assert "8192 px" in _refusal(tmp_path / "bomb.tif")


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_nan_and_infinity_are_refused(tmp_path: Path, value: float) -> None:
    image = np.ones((40, 40), np.float32)
    image[3, 4] = value
    tifffile.imwrite(tmp_path / "a.tif", image)
    assert "NaN or infinite" in _refusal(tmp_path / "a.tif")


def test_more_than_four_channels_are_refused(tmp_path: Path) -> None:
    tifffile.imwrite(
        tmp_path / "a.tif",
        np.zeros((40, 40, 6), np.uint8),
        photometric="minisblack",
        planarconfig="contig",
    )
    assert "four channels" in _refusal(tmp_path / "a.tif")


def test_damaged_bytes_give_a_sentence_and_nothing_else(tmp_path: Path) -> None:
    image = np.random.default_rng(0).integers(0, 256, (40, 40, 3), dtype=np.uint8)
    rng = np.random.default_rng(1)
    for kind in ("PNG", "TIFF", "GIF", "BMP", "WEBP", "JPEG"):
        whole = np.frombuffer(_encoded(image, kind), np.uint8)
        for _ in range(40):
            broken = whole.copy()
            broken[rng.integers(0, min(400, len(broken)), 6)] = rng.integers(0, 256, 6)
            (tmp_path / "a.img").write_bytes(broken.tobytes())
            try:
                pixels = read_micrograph(tmp_path / "a.img").pixels
            except InputRefused:
                continue
            assert np.isfinite(pixels).all()


def test_a_missing_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputRefused, match="not a folder"):
        list_images(tmp_path / "gone")


def test_a_folder_without_images_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("no image")
    (tmp_path / ".hidden.png").write_bytes(b"x")
    with pytest.raises(InputRefused, match="holds no images"):
        list_images(tmp_path)


def test_images_are_listed_by_name_and_other_files_left_out(tmp_path: Path) -> None:
    for name in ("b.TIF", "a.png", "notes.txt", "c.jpeg"):
        (tmp_path / name).write_bytes(b"x")
    assert [path.name for path in list_images(tmp_path)] == ["a.png", "b.TIF", "c.jpeg"]
