"""Reading one micrograph: what is accepted becomes grey float32, all else is refused in a sentence.

The size is read from the header and checked before any pixel is decoded, so a small file that
unpacks to a huge image costs nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.errors import InputRefused
from pipeline.micrographs import decoding, grey
from pipeline.micrographs.data_bar import find_data_bar
from pipeline.micrographs.known import NAME, Known, known_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SUFFIXES = (".tif", ".tiff", ".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".pgm", ".ppm")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Micrograph:
    """A micrograph as the stages use it.

    Attributes
    ----------
    pixels : ndarray of shape (H, W), float32
        Grey values in [0, 1], rows first, the data bar included.
    nm_per_px : float or None
        Side of a pixel in nm; None where neither the file nor `micrographs.json` states it.
    nm_per_px_source : str
        Where in the file the pixel size stands, or that it stands nowhere.
    bar_row : int or None
        First row of the data bar; the micrograph is ``pixels[:bar_row]``. None without a bar.
    notes : tuple of str
        What was done to the file's pixels, for people.
    """

    pixels: NDArray[np.float32]
    nm_per_px: float | None
    nm_per_px_source: str
    bar_row: int | None
    notes: tuple[str, ...]


def read_micrograph(path: Path, *, known: Known | None = None) -> Micrograph:
    """Read a micrograph from TIFF, PNG, JPEG, BMP, GIF, WebP or PNM.

    Parameters
    ----------
    path : Path
        The file. Its content decides on the format, not its name.
    known : Known, optional
        What people know of it; None reads it beside the file. An upload must not speak for others.

    Raises
    ------
    InputRefused
        The file is missing, empty, truncated, no image, CMYK, holds NaN or infinity, or has a side
        under 32 px or over 8192 px.
    """
    known = known_of(path) if known is None else known
    decoded = decoding.decode(path)
    pixels, notes = grey.to_unit_grey(decoded.array, white_is_zero=decoded.white_is_zero)
    if pixels is None:
        raise InputRefused(
            path.name, "holds NaN or infinite values; export it again as 8 or 16 bit grey."
        )
    size = decoded.pixel_size
    stated = known.nm_per_px is not None
    return Micrograph(
        pixels=pixels,
        nm_per_px=known.nm_per_px if stated else size.nm_per_px,
        nm_per_px_source=f"stated in {NAME}" if stated else size.source,
        bar_row=_bar_row(pixels, known.data_bar_row),
        notes=(*decoded.notes, *notes),
    )


def _bar_row(pixels: NDArray[np.float32], stated: int | None) -> int | None:
    """Return the first row of the data bar; a row beyond the image means that there is none."""
    if stated is None:
        return find_data_bar(pixels)
    return stated if stated < len(pixels) else None


def list_images(folder: Path) -> list[Path]:
    """Return the image files directly in a folder, sorted by name.

    Raises
    ------
    InputRefused
        There is no such folder, or it holds no image.
    """
    if not folder.is_dir():
        raise InputRefused(str(folder), "is not a folder; name the folder that holds the images.")
    found = [
        path
        for path in folder.iterdir()
        if path.suffix.lower() in SUFFIXES and not path.name.startswith(".") and path.is_file()
    ]
    if not found:
        raise InputRefused(
            str(folder),
            "holds no images; put some there (TIFF, PNG, JPEG, BMP, GIF or WebP) or name another.",
        )
    return sorted(found)
