"""What made a mask: it goes into every export."""

from __future__ import annotations

from review.models import MaskVersion
from review.selectors import weights_of
from review.words import edits_in_words


def provenance(version: MaskVersion) -> dict[str, str]:
    """Names and values in the order in which people want them."""
    item, run = version.item, version.item.review.run
    return {
        "image": item.name,
        "review": item.review.title,
        "mask_version": str(version.number),
        "corrected_by": version.author.get_username() if version.author else "",
        "correction": edits_in_words(version.edits) if version.edits else "",
        "state": item.get_state_display(),
        "decided_by": item.reviewer.get_username() if item.reviewer else "",
        "segmentation_run": str(run.pk),
        "weights_sha256": weights_of(version=version) or "shipped with the program",
        "code_version": run.code_version,
        "labels_sha256": version.labels_id,
        "nm_per_px": "" if item.nm_per_px is None else f"{item.nm_per_px:.6g}",
    }


def provenance_line(version: MaskVersion) -> str:
    return "; ".join(f"{name}: {value}" for name, value in provenance(version).items() if value)
