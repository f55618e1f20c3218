"""From a file's bytes to an array, with every check that must come before decoding.

TIFF goes through tifffile (16 bit colour, float, the makers' tags), all else and the compressions
that tifffile lacks through Pillow.
"""

from __future__ import annotations

import io
import logging
import struct
import warnings
import zlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np
import tifffile
from PIL import Image

from pipeline.errors import InputRefused
from pipeline.micrographs.pixel_size import NOT_STATED, PixelSize, pixel_size_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

MIN_SIDE_PX, MAX_SIDE_PX = 32, 8192

# Pillow's other formats either start programs (EPS) or hold no micrographs.
_PILLOW_FORMATS = ("PNG", "JPEG", "BMP", "GIF", "WEBP", "TIFF", "PPM")
_OTHER_STARTS = (b"\x89PNG", b"\xff\xd8\xff", b"BM", b"GIF8", b"RIFF")
_TIFF_STARTS = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_CMYK = "is in CMYK, the colours of print; save it as grey or RGB."
_BROKEN = "is truncated or damaged; copy or export it again."
_NO_IMAGE = "is not an image that can be read; use TIFF, PNG, JPEG, BMP, GIF or WebP."
# What Pillow and tifffile raise on hostile or broken bytes.
_DECODER_ERRORS = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    MemoryError,
    struct.error,
    zlib.error,
    tifffile.TiffFileError,
)

# tifffile tells of odd tags through logging, and would print where nobody has set logging up.
logging.getLogger("tifffile").addHandler(logging.NullHandler())


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Decoded:
    """The first page of a file: its array, (H, W) or (H, W, channels), and what is known of it."""

    array: NDArray[Any]
    white_is_zero: bool
    pixel_size: PixelSize
    notes: tuple[str, ...]


def decode(path: Path) -> Decoded:
    """Decode the first page of an image file.

    Raises
    ------
    InputRefused
        With the sentence for the person who chose the file.
    """
    content = _content(path)
    with warnings.catch_warnings():
        # Pillow warns of odd metadata and large images; what matters is checked here.
        warnings.simplefilter("ignore")
        if content.startswith(_TIFF_STARTS):
            return _decode_tiff(path.name, content)
        return _decode_other(path.name, content)


def _content(path: Path) -> bytes:
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise InputRefused(path.name, "is not there; check the name.") from None
    except (IsADirectoryError, PermissionError) as error:
        raise InputRefused(path.name, f"cannot be opened ({error.strerror}).") from None
    if not content:
        raise InputRefused(path.name, "is empty (0 bytes); copy or export it again.")
    return content


def _check_size(name: str, height_px: int, width_px: int) -> None:
    size = f"is {width_px} x {height_px} px"
    if min(height_px, width_px) < MIN_SIDE_PX:
        raise InputRefused(name, f"{size}; each side needs at least {MIN_SIDE_PX} px.")
    if max(height_px, width_px) > MAX_SIDE_PX:
        raise InputRefused(
            name, f"{size}; a side may have {MAX_SIDE_PX} px at most: cut it or scale it down."
        )


def _paged(count: int) -> tuple[str, ...]:
    return (f"{count} pages, the first taken",) if count > 1 else ()


# --- TIFF -------------------------------------------------------------------------------------


def _decode_tiff(name: str, content: bytes) -> Decoded:
    try:
        with tifffile.TiffFile(io.BytesIO(content)) as tiff:
            page = tiff.pages[0]
            if not isinstance(page, tifffile.TiffPage):
                _refuse_broken(name)
            _check_tiff_page(name, page, size=len(content))
            notes, pixel_size = _paged(len(tiff.pages)), pixel_size_of(page)
            try:
                return _from_page(page, notes, pixel_size)
            except _DECODER_ERRORS:
                # Compressions such as LZW and JPEG, or damaged data: Pillow tells which.
                decoded = _decode_other(name, content)
    except _DECODER_ERRORS:
        _refuse_broken(name)
    return replace(decoded, pixel_size=pixel_size, notes=notes + decoded.notes)


def _refuse_broken(name: str) -> NoReturn:
    raise InputRefused(name, _BROKEN) from None


def _check_tiff_page(name: str, page: tifffile.TiffPage, *, size: int) -> None:
    _check_size(name, page.imagelength, page.imagewidth)
    if page.photometric == tifffile.PHOTOMETRIC.SEPARATED:
        raise InputRefused(name, _CMYK)
    if page.samplesperpixel > 4 or page.imagedepth != 1:
        raise InputRefused(name, "has more than four channels; save one of them as grey.")
    ends = [at + n for at, n in zip(page.dataoffsets, page.databytecounts, strict=True)]
    # tifffile fills what is missing with zeros, which would be measured as background.
    if not ends or max(ends) > size:
        _refuse_broken(name)


def _from_page(page: tifffile.TiffPage, notes: tuple[str, ...], pixel_size: PixelSize) -> Decoded:
    """Decode a page with tifffile; raises one of `_DECODER_ERRORS` where it cannot."""
    array = page.asarray()
    if page.planarconfig == tifffile.PLANARCONFIG.SEPARATE and array.ndim == 3:
        array = np.moveaxis(array, 0, -1)  # (channels, H, W) -> (H, W, channels)
    if array.shape[:2] != (page.imagelength, page.imagewidth):
        raise ValueError("shape differs from the header")
    if page.photometric == tifffile.PHOTOMETRIC.PALETTE and page.colormap is not None:
        # The palette holds 16 bit entries; equal bytes say that they were 8 bit.
        array = (page.colormap.T >> 8).astype(np.uint8)[array]
        notes = (*notes, "palette resolved")
    elif page.photometric not in (
        tifffile.PHOTOMETRIC.MINISBLACK,
        tifffile.PHOTOMETRIC.MINISWHITE,
        tifffile.PHOTOMETRIC.RGB,
    ):
        raise ValueError("colour space left to Pillow")
    return Decoded(
        array=array,
        white_is_zero=page.photometric == tifffile.PHOTOMETRIC.MINISWHITE,
        pixel_size=pixel_size,
        notes=notes,
    )


# --- the others -------------------------------------------------------------------------------


def _decode_other(name: str, content: bytes) -> Decoded:
    try:
        image = Image.open(io.BytesIO(content), formats=_PILLOW_FORMATS)
    except Image.DecompressionBombError:
        raise InputRefused(
            name, f"is far over {MAX_SIDE_PX} px a side; cut it or scale it down."
        ) from None
    except _DECODER_ERRORS:
        known = content.startswith(_OTHER_STARTS + _TIFF_STARTS)
        raise InputRefused(name, _BROKEN if known else _NO_IMAGE) from None
    with image:
        _check_size(name, image.height, image.width)
        if image.mode == "CMYK":
            raise InputRefused(name, _CMYK)
        try:
            notes = _paged(getattr(image, "n_frames", 1)) if image.format != "TIFF" else ()
            image.seek(0)
            image.load()
            array, resolved = _array_of(image)
        except _DECODER_ERRORS:
            _refuse_broken(name)
    return Decoded(array=array, white_is_zero=False, pixel_size=NOT_STATED, notes=notes + resolved)


def _array_of(image: Image.Image) -> tuple[NDArray[Any], tuple[str, ...]]:
    if image.mode in ("P", "PA"):
        return np.asarray(image.convert("RGBA")), ("palette resolved",)
    if image.mode in ("1", "L", "LA", "RGB", "RGBA", "F", "I") or image.mode.startswith("I;16"):
        return np.asarray(image), ()
    return np.asarray(image.convert("RGB")), ()
