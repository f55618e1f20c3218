"""Names of parameters, inputs and metrics as people read them; units stand beside the value."""

from __future__ import annotations

_LABELS = {
    "arrangements": "Arrangements",
    "batch": "Crops in a step",
    "blocks": "Residual blocks",
    "crop_px": "Side of a crop",
    "diameter_cv": "Spread of diameters",
    "diameter_nm": "Mean diameter",
    "discriminator_layers": "Discriminator layers",
    "dose_electrons": "Dose",
    "exclude_border": "Leave out particles at the border",
    "features": "Channels of the levels",
    "height_px": "Image height",
    "match_iou": "IoU of a match",
    "min_area_px": "Least area",
    "min_side_px": "Least side",
    "ndf": "Discriminator channels",
    "ngf": "Generator channels",
    "nm_per_px": "Pixel size",
    "particles": "Particles of a scene",
    "rows": "Rows compared",
    "seed_distance_px": "Least distance of centres",
    "variants": "Images of each scene",
    "width_px": "Image width",
    "window_px": "Side of the window",
}
_UNITS = ("_px_per_um", "_nm", "_px", "_s", "_deg", "_grey")
_AS_WRITTEN = {
    "f1": "F1",
    "fid": "FID",
    "gan": "GAN",
    "iou": "IoU",
    "kid": "KID",
    "mb": "MB",
    "nm": "nm",
    "px": "px",
    "psnr": "PSNR",
    "ssim": "SSIM",
}


def label_of(parameter: str) -> str:
    """Name a parameter: `diameter_nm` is "Mean diameter", since its unit stands elsewhere."""
    if parameter in _LABELS:
        return _LABELS[parameter]
    unit = next((unit for unit in _UNITS if parameter.endswith(unit)), "")
    return words(parameter.removesuffix(unit))


def words(name: str) -> str:
    """Read a name aloud: `segment/val_f1` is "Segment: val F1"."""
    spaced = name.replace("_", " ").replace("/", ": ")
    text = " ".join(_AS_WRITTEN.get(word.lower(), word) for word in spaced.split())
    first = text.partition(" ")[0]
    return text if first in _AS_WRITTEN.values() else text[:1].upper() + text[1:]


def number_text(value: float) -> str:
    """Write a number as it was typed: all of its digits, and no ".0"."""
    return repr(value).removesuffix(".0")
