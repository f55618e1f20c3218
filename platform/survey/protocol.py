"""What can be set about a study, and the document that is frozen when it opens."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any

import rfc8785

if TYPE_CHECKING:
    from survey.models import Study

VERSION = 1

INSTRUCTIONS = (
    "You will see electron micrographs one at a time. Some were taken with a microscope, others "
    "were computed. Say of each whether you take it for real or artificial, and how sure you are.\n"
    "\n"
    "Take the time you need; there is no clock. You can change an answer until you confirm it, "
    "and stop at any time: the page goes on where you left."
)
CONSENT = (
    "Taking part is voluntary. We keep your answers, how long each took, and the size of your "
    "screen, under a pseudonym; no name, no e-mail address and no network address. You can stop "
    "and withdraw at any time until the study closes."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Choices of the organiser; None takes the largest size that all images have."""

    width_px: int | None = None
    height_px: int | None = None
    crop: str = "centre"  # or "seeded"
    zoom: bool = True
    key_real: str = "r"
    key_artificial: str = "a"
    break_every: int = 30  # images between two offers of a break; 0: none

    @classmethod
    def of(cls, study: Study) -> Settings:
        known = {field.name for field in fields(cls)}
        return cls(**{name: value for name, value in study.settings.items() if name in known})


def document_of(study: Study) -> dict[str, Any]:
    """All that a rater is asked and shown, with the hashes of the images."""
    return {
        "version": VERSION,
        "task": "yes-no",
        "confidence_levels": 3,
        "instructions": study.instructions,
        "consent": study.consent_text,
        "settings": asdict(Settings.of(study)),
        "seed": str(study.seed),  # JSON's numbers are exact up to 2**53 only
        "stimuli": [
            {
                "number": stimulus.number,
                "truth": stimulus.truth,
                "arm": stimulus.arm,
                "source_sha256": stimulus.source_id,
                "served_sha256": stimulus.served_id,
            }
            for stimulus in study.stimuli.order_by("number")
        ],
    }


def sha256_of(document: Any) -> str:
    """SHA-256 over canonical JSON (RFC 8785)."""
    return hashlib.sha256(rfc8785.dumps(document)).hexdigest()
