"""Every accepted pixel type comes out as the same grey values, and says what was done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import tifffile
from PIL import Image

from pipeline.micrographs import read_micrograph

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray


def _assert_grey(pixels: NDArray[np.float32], expected: NDArray[Any], within: float = 1e-6) -> None:
    assert pixels.dtype == np.float32
    assert pixels.shape == expected.shape
    np.testing.assert_allclose(pixels, expected, atol=within)


@pytest.mark.parametrize("suffix", ["png", "tif", "bmp", "pgm"])
def test_8_bit_grey_is_divided_by_255(
    tmp_path: Path, grey8: NDArray[np.uint8], suffix: str
) -> None:
    Image.fromarray(grey8).save(tmp_path / f"a.{suffix}")
    micrograph = read_micrograph(tmp_path / f"a.{suffix}")
    _assert_grey(micrograph.pixels, grey8 / 255)
    assert micrograph.notes == ()
    assert micrograph.nm_per_px is None
    assert micrograph.bar_row is None


@pytest.mark.parametrize("kind", ["JPEG", "WEBP"])
def test_lossy_formats_are_read(tmp_path: Path, grey8: NDArray[np.uint8], kind: str) -> None:
    Image.fromarray(grey8).save(tmp_path / "a.img", format=kind, quality=95)
    _assert_grey(read_micrograph(tmp_path / "a.img").pixels, grey8 / 255, within=0.03)


@pytest.mark.parametrize("byteorder", ["<", ">"])
def test_16_bit_tiff_of_either_byte_order_is_read(
    tmp_path: Path, grey8: NDArray[np.uint8], byteorder: Any
) -> None:
    wide = grey8.astype(np.uint16) * 257
    wide[0, 0] = 65535
    tifffile.imwrite(tmp_path / "a.tif", wide, byteorder=byteorder)
    micrograph = read_micrograph(tmp_path / "a.tif")
    _assert_grey(micrograph.pixels, wide / 65535)
    assert micrograph.notes == ("16 bit",)


def test_16_bit_png_is_read(tmp_path: Path, grey8: NDArray[np.uint8]) -> None:
    wide = grey8.astype(np.uint16) * 257
    wide[0, 0] = 65535
    Image.fromarray(wide).save(tmp_path / "a.png")
    _assert_grey(read_micrograph(tmp_path / "a.png").pixels, wide / 65535)


def test_12_bit_values_in_16_bit_are_not_dark(tmp_path: Path, grey8: NDArray[np.uint8]) -> None:
    wide = grey8.astype(np.uint16) * 16
    wide[0, 0] = 4095
    tifffile.imwrite(tmp_path / "a.tif", wide)
    micrograph = read_micrograph(tmp_path / "a.tif")
    _assert_grey(micrograph.pixels, wide / 4095)
    assert micrograph.notes == ("16 bit, 12 of them used",)


def test_true_colour_is_turned_to_grey_and_said_so(tmp_path: Path) -> None:
    image = np.zeros((40, 40, 3), np.uint8)
    image[..., 0] = 200
    Image.fromarray(image).save(tmp_path / "a.png")
    micrograph = read_micrograph(tmp_path / "a.png")
    _assert_grey(micrograph.pixels, np.full((40, 40), 0.299 * 200 / 255), within=1 / 255)
    assert micrograph.notes == ("colour turned to grey",)


@pytest.mark.parametrize("planar", ["contig", "separate"])
def test_grey_stored_as_rgb_loses_nothing(
    tmp_path: Path, grey8: NDArray[np.uint8], planar: Any
) -> None:
    stacked = np.repeat(grey8[..., None], 3, axis=2)
    stored = stacked if planar == "contig" else np.moveaxis(stacked, -1, 0)
    tifffile.imwrite(
        tmp_path / "a.tif", np.ascontiguousarray(stored), photometric="rgb", planarconfig=planar
    )
    micrograph = read_micrograph(tmp_path / "a.tif")
    _assert_grey(micrograph.pixels, grey8 / 255)
    assert micrograph.notes == ("grey stored as colour, one channel taken",)


@pytest.mark.parametrize("suffix", ["png", "gif", "tif", "bmp"])
def test_palette_is_resolved_and_said_so(
    tmp_path: Path, grey8: NDArray[np.uint8], suffix: str
) -> None:
    image = Image.fromarray(255 - grey8)  # the palette turns it round again
    image.putpalette(np.repeat(np.arange(255, -1, -1, dtype=np.uint8), 3).tobytes())
    image.save(tmp_path / f"a.{suffix}")
    micrograph = read_micrograph(tmp_path / f"a.{suffix}")
    _assert_grey(micrograph.pixels, grey8 / 255)
    if suffix != "gif":  # Pillow gives the first frame of a grey GIF as grey
        assert micrograph.notes[0] == "palette resolved"


@pytest.mark.parametrize("mode", ["LA", "RGBA"])
def test_transparency_is_left_out_and_said_so(
    tmp_path: Path, grey8: NDArray[np.uint8], mode: str
) -> None:
    image = Image.fromarray(grey8).convert(mode)
    image.putalpha(Image.fromarray(grey8))
    image.save(tmp_path / "a.png")
    micrograph = read_micrograph(tmp_path / "a.png")
    _assert_grey(micrograph.pixels, grey8 / 255)
    assert "transparency left out" in micrograph.notes


@pytest.mark.parametrize("suffix", ["png", "tif"])
def test_one_bit_images_become_0_and_1(
    tmp_path: Path, grey8: NDArray[np.uint8], suffix: str
) -> None:
    Image.fromarray(grey8 > 90).save(tmp_path / f"a.{suffix}")
    micrograph = read_micrograph(tmp_path / f"a.{suffix}")
    _assert_grey(micrograph.pixels, grey8 > 90)


def test_float_in_unit_range_is_kept(tmp_path: Path, grey8: NDArray[np.uint8]) -> None:
    tifffile.imwrite(tmp_path / "a.tif", (grey8 / 300).astype(np.float32))
    micrograph = read_micrograph(tmp_path / "a.tif")
    _assert_grey(micrograph.pixels, grey8 / 300)
    assert micrograph.notes == ("32 bit float",)


@pytest.mark.parametrize(("low", "half_span"), [(-5.0, 10.0), (-1.7e308, 1.6e308), (7.0, 0.0)])
def test_other_floats_are_scaled_without_overflow(
    tmp_path: Path, grey8: NDArray[np.uint8], low: float, half_span: float
) -> None:
    unit = (grey8 - grey8.min()) / np.ptp(grey8)
    tifffile.imwrite(tmp_path / "a.tif", low + unit * half_span + unit * half_span)
    micrograph = read_micrograph(tmp_path / "a.tif")
    _assert_grey(micrograph.pixels, unit if half_span else np.zeros_like(unit))
    assert "scaled" in micrograph.notes[0]


@pytest.mark.parametrize("kind", [np.int16, np.int32, np.uint32])
def test_signed_and_32_bit_integers_are_scaled(
    tmp_path: Path, grey8: NDArray[np.uint8], kind: Any
) -> None:
    tifffile.imwrite(tmp_path / "a.tif", grey8.astype(kind))
    micrograph = read_micrograph(tmp_path / "a.tif")
    _assert_grey(micrograph.pixels, grey8 / grey8.max())


@pytest.mark.parametrize("compression", ["tiff_lzw", "tiff_deflate", "packbits", "jpeg"])
def test_compressed_tiff_is_read(
    tmp_path: Path, grey8: NDArray[np.uint8], compression: str
) -> None:
    Image.fromarray(grey8).save(tmp_path / "a.tif", compression=compression)
    within = 0.05 if compression == "jpeg" else 1e-6
    _assert_grey(read_micrograph(tmp_path / "a.tif").pixels, grey8 / 255, within=within)


def test_white_is_zero_is_turned_round(tmp_path: Path, grey8: NDArray[np.uint8]) -> None:
    tifffile.imwrite(tmp_path / "a.tif", 255 - grey8, photometric="miniswhite")
    micrograph = read_micrograph(tmp_path / "a.tif")
    _assert_grey(micrograph.pixels, grey8 / 255)
    assert "inverted" in micrograph.notes[0]


@pytest.mark.parametrize("suffix", ["tif", "gif", "png"])
def test_of_several_pages_the_first_is_taken_and_said_so(
    tmp_path: Path, grey8: NDArray[np.uint8], suffix: str
) -> None:
    pages = [Image.fromarray(grey8), *(Image.fromarray(grey8 // n) for n in (2, 3))]
    pages[0].save(tmp_path / f"a.{suffix}", save_all=True, append_images=pages[1:])
    micrograph = read_micrograph(tmp_path / f"a.{suffix}")
    _assert_grey(micrograph.pixels, grey8 / 255)
    assert micrograph.notes[0] == "3 pages, the first taken"


@pytest.mark.slow
@pytest.mark.parametrize("suffix", ["png", "tif"])
def test_the_largest_size_is_read(tmp_path: Path, suffix: str) -> None:
    image = np.zeros((8192, 8192), np.uint8)
    image[-1, -1] = 255
    Image.fromarray(image).save(tmp_path / f"a.{suffix}")
    micrograph = read_micrograph(tmp_path / f"a.{suffix}")
    assert micrograph.pixels.shape == (8192, 8192)
    assert micrograph.pixels[-1, -1] == 1
