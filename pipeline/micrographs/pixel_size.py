"""The pixel size that a file itself states, and where in the file it stands."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipeline import units

if TYPE_CHECKING:
    from tifffile import TiffPage

ZEISS_TAG = 34118
FEI_TAGS = (34680, 34682)
X_RESOLUTION_TAG, Y_RESOLUTION_TAG, RESOLUTION_UNIT_TAG = 282, 283, 296

# Zeiss writes the stored image's own pixel size beside that of the live scan; they differ when the
# image was stored at another resolution, and then only the first is right.
_ZEISS_KEYS = ("ap_image_pixel_size", "ap_pixel_size")
_ZEISS_HEADER_PIXEL_M = (
    3  # place of the unrounded pixel size, in m, in the tag's unnamed first line
)
_ZEISS_ROUNDING = 1e-3  # the named values carry four digits
_SQUARE_WITHIN = 0.01
# Scanners and printers end at about 10,000 dots per inch (2.5 µm); finer is a microscope's.
_FINEST_PRINT_NM = 1000.0

_METRE_PER_UNIT = {
    "fm": 1e-15,
    "pm": 1e-12,
    "å": 1e-10,
    "angstrom": 1e-10,
    "nm": 1e-9,
    "nanometer": 1e-9,
    "µm": 1e-6,
    "μm": 1e-6,
    "um": 1e-6,
    "\\u00b5m": 1e-6,
    "micron": 1e-6,
    "microns": 1e-6,
    "micrometer": 1e-6,
    "mm": 1e-3,
    "cm": 1e-2,
    "m": 1.0,
}


@dataclass(frozen=True, slots=True)
class PixelSize:
    """Side of a pixel in nm, or None, and a few words on where it comes from."""

    nm_per_px: float | None
    source: str


NOT_STATED = PixelSize(None, "the file states no pixel size")


def pixel_size_of(page: TiffPage) -> PixelSize:
    """Return the pixel size that a TIFF page states.

    Looked for in this order: Zeiss tag 34118, FEI/Thermo tags 34680 and 34682, ImageJ's
    description, and the plain resolution tags, which are believed only where they say a pixel of at
    most 1 µm: coarser ones are print sizes such as 72 dots per inch.

    Parameters
    ----------
    page : tifffile.TiffPage
        The page with its tags read.
    """
    for find in (_from_zeiss, _from_fei, _from_imagej, _from_resolution):
        found = find(page)
        if found is not None:
            return found
    return NOT_STATED


def _from_zeiss(page: TiffPage) -> PixelSize | None:
    tags = _value(page, ZEISS_TAG)
    if not isinstance(tags, dict):
        return None
    for key in _ZEISS_KEYS:
        stated = tags.get(key)
        if not isinstance(stated, tuple) or len(stated) != 3:
            continue
        metre = _number(stated[1]) * _METRE_PER_UNIT.get(str(stated[2]).strip().lower(), 0.0)
        if not _possible(metre):
            continue
        header = tags.get("", ())
        exact = _number(header[_ZEISS_HEADER_PIXEL_M]) if len(header) > 3 else 0.0
        name = f"Zeiss tag {ZEISS_TAG}, {key.upper()}"
        if math.isclose(exact, metre, rel_tol=_ZEISS_ROUNDING):
            return PixelSize(_nm(exact), name)
        return PixelSize(_nm(metre), name)
    return None


def _from_fei(page: TiffPage) -> PixelSize | None:
    for code in FEI_TAGS:
        sections = _value(page, code)
        if not isinstance(sections, dict):
            continue
        for section, fields in sections.items():
            if not isinstance(fields, dict):
                continue
            width_m = _number(fields.get("PixelWidth"))
            if _possible(width_m):
                height_m = _number(fields.get("PixelHeight")) or width_m
                name = f"FEI tag {code}, [{section}] PixelWidth"
                return _square(width_m, height_m, source=name)
    return None


def _from_imagej(page: TiffPage) -> PixelSize | None:
    text = page.description
    if not text.startswith("ImageJ="):
        return None
    fields = dict(line.partition("=")[::2] for line in text.splitlines())
    metre_per_unit = _METRE_PER_UNIT.get(fields.get("unit", "").strip().lower(), 0.0)
    across, down = _resolutions(page)
    if not (metre_per_unit and across and down):
        return None
    return _square(metre_per_unit / across, metre_per_unit / down, source="ImageJ description")


def _from_resolution(page: TiffPage) -> PixelSize | None:
    metre_per_unit = {2: 0.0254, 3: 0.01}.get(int(_number(_value(page, RESOLUTION_UNIT_TAG))), 0.0)
    across, down = _resolutions(page)
    if not (metre_per_unit and across and down):
        return None
    if _nm(metre_per_unit / across) > _FINEST_PRINT_NM:
        return None
    return _square(metre_per_unit / across, metre_per_unit / down, source="TIFF resolution tags")


def _resolutions(page: TiffPage) -> tuple[float, float]:
    """Return pixels per unit across and down, 0 where not stated."""
    found = []
    for code in (X_RESOLUTION_TAG, Y_RESOLUTION_TAG):
        value = _value(page, code)
        rational = isinstance(value, tuple) and len(value) == 2 and value[1] != 0
        found.append(value[0] / value[1] if rational else 0.0)
    return found[0], found[1]


def _square(width_m: float, height_m: float, *, source: str) -> PixelSize | None:
    if not (_possible(width_m) and _possible(height_m)):
        return None
    if not math.isclose(width_m, height_m, rel_tol=_SQUARE_WITHIN):
        # One length scale would be wrong in one direction: better none than a wrong one.
        return PixelSize(None, f"{source}: its pixels are not square")
    return PixelSize(_nm(width_m), source)


def _nm(metre: float) -> float:
    # Twelve digits: 7.34375e-09 m is 7.34375 nm, not 7.343750000000001.
    return float(f"{units.nm_from_metre(metre):.12g}")


def _possible(metre: float) -> bool:
    return 1e-13 <= metre <= 1e-2


def _number(value: Any) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return 0.0
    return number if math.isfinite(number) else 0.0


def _value(page: TiffPage, code: int) -> Any:
    tag = page.tags.get(code)
    return None if tag is None else tag.value
