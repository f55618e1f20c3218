"""The pixel size comes from the makers' tags, or from nowhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import tifffile

from pipeline.micrographs import read_micrograph

if TYPE_CHECKING:
    from pathlib import Path

IMAGE = np.zeros((40, 50), np.uint8)
FEI = "[User]\r\nDate=11/22/2026\r\n\r\n[{section}]\r\nPixelWidth={x}\r\nPixelHeight={y}\r\n"


def _zeiss(header_m: float, **named: str) -> str:
    """Return the text of a Zeiss tag: unnamed numbers, then pairs of lines NAME and text."""
    lines = ["0", "0", "0", repr(header_m), "50000.0"]
    for name, text in named.items():
        lines += [name.upper(), text]
    return "\r\n".join([*lines, ""])


def _size(path: Path, **written: Any) -> tuple[float | None, str]:
    tifffile.imwrite(path / "a.tif", IMAGE, metadata=None, **written)
    micrograph = read_micrograph(path / "a.tif")
    return micrograph.nm_per_px, micrograph.nm_per_px_source


def _tag(code: int, text: str) -> list[tuple[int, str, int, bytes, bool]]:
    content = text.encode("cp1252") + b"\0"
    return [(code, "s", len(content), content, True)]


def test_a_plain_file_states_none(tmp_path: Path) -> None:
    assert _size(tmp_path) == (None, "the file states no pixel size")


@pytest.mark.parametrize("code", [34680, 34682])
@pytest.mark.parametrize("section", ["Scan", "EScan"])
def test_fei_tags_state_metres(tmp_path: Path, code: int, section: str) -> None:
    text = FEI.format(section=section, x="2.69792e-009", y="2.69792e-009")
    nm_per_px, source = _size(tmp_path, extratags=_tag(code, text))
    assert nm_per_px == pytest.approx(2.69792)
    assert source == f"FEI tag {code}, [{section}] PixelWidth"


def test_fei_pixels_that_are_not_square_state_none(tmp_path: Path) -> None:
    text = FEI.format(section="Scan", x="2e-9", y="3e-9")
    nm_per_px, source = _size(tmp_path, extratags=_tag(34682, text))
    assert nm_per_px is None
    assert "not square" in source


@pytest.mark.parametrize(
    "text", ["", "[Scan]\r\nPixelWidth=0\r\n", "[Scan]\r\nPixelWidth=wide\r\n"]
)
def test_an_fei_tag_without_a_size_states_none(tmp_path: Path, text: str) -> None:
    assert _size(tmp_path, extratags=_tag(34682, text))[0] is None


@pytest.mark.parametrize(
    ("stated", "nm"), [("7.344 nm", 7.344), ("1.5 µm", 1500.0), ("340.2 pm", 0.3402)]
)
def test_zeiss_units_are_turned_to_nm(tmp_path: Path, stated: str, nm: float) -> None:
    text = _zeiss(0.0, ap_image_pixel_size=f"Image Pixel Size = {stated}")
    nm_per_px, source = _size(tmp_path, extratags=_tag(34118, text))
    assert nm_per_px == pytest.approx(nm)
    assert source == "Zeiss tag 34118, AP_IMAGE_PIXEL_SIZE"


def test_zeiss_rounded_value_is_made_exact_by_the_header(tmp_path: Path) -> None:
    text = _zeiss(7.34375e-09, ap_image_pixel_size="Image Pixel Size = 7.344 nm")
    assert _size(tmp_path, extratags=_tag(34118, text))[0] == 7.34375


def test_zeiss_stored_size_wins_over_the_live_scan(tmp_path: Path) -> None:
    text = _zeiss(
        7.34375e-09,
        ap_pixel_size="Pixel Size = 7.344 nm",
        ap_image_pixel_size="Image Pixel Size = 3.672 nm",
    )
    assert _size(tmp_path, extratags=_tag(34118, text))[0] == pytest.approx(3.672)


def test_zeiss_files_without_the_stored_size_use_the_other(tmp_path: Path) -> None:
    text = _zeiss(0.0, ap_pixel_size="Pixel Size = 2.5 nm")
    nm_per_px, source = _size(tmp_path, extratags=_tag(34118, text))
    assert nm_per_px == 2.5
    assert source == "Zeiss tag 34118, AP_PIXEL_SIZE"


def test_imagej_unit_is_believed(tmp_path: Path) -> None:
    size = _size(tmp_path, description="ImageJ=1.54f\nunit=nm\n", resolution=(0.5, 0.5))
    assert size == (2.0, "ImageJ description")


def test_print_resolution_is_not_believed(tmp_path: Path) -> None:
    for dots in (72, 300, 9600):
        size = _size(tmp_path, resolution=(dots, dots), resolutionunit="INCH")
        assert size[0] is None


def test_microscopic_resolution_is_believed(tmp_path: Path) -> None:
    size = _size(tmp_path, resolution=(1_000_000, 1_000_000), resolutionunit="CENTIMETER")
    assert size == (10.0, "TIFF resolution tags")
