"""Whether a study still is what was promised at its opening: else its analysis is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from survey.errors import StudyRefused
from survey.protocol import commitment_of, document_of

if TYPE_CHECKING:
    from survey.models import Study

# Of a frozen image: what the figures depend on, and what shows that it is the same image.
_OF_IMAGES = ("use", "match", "trained_on", "truth", "arm", "source_sha256", "served_sha256")
_NAMED = 5


def promise_require(*, study: Study) -> None:
    """Refuse a study whose plan, settings, truths, arms or files are no longer the frozen ones."""
    frozen = study.protocols.order_by("-version").first()
    if frozen is None:
        raise StudyRefused("No protocol of this study was frozen; there is nothing to analyse by.")
    if commitment_of(frozen.document, nonce=frozen.nonce) != frozen.commitment:
        raise StudyRefused(
            "The frozen protocol of this study does not fit its published commitment: it was "
            "changed after the opening. Restore the database from a backup."
        )
    if changed := deviations(frozen.document, document_of(study)):
        more = f" and {len(changed) - _NAMED} more" if len(changed) > _NAMED else ""
        raise StudyRefused(
            "These differ from the protocol that was frozen and promised at the opening: "
            f"{', '.join(changed[:_NAMED])}{more}. Nothing is computed from what was changed; "
            "restore them from a backup or from the published document."
        )


def deviations(frozen: dict[str, Any], now: dict[str, Any]) -> list[str]:
    """Names of what was changed. What a newer program knows besides is no change."""
    changed = [] if now["seed"] == frozen["seed"] else ["the seed"]
    for part in ("plan", "settings"):
        changed += [
            f"{name} of the {part}"
            for name, value in frozen[part].items()
            if now[part].get(name) != value
        ]
    before = {one["number"]: one for one in frozen["stimuli"]}
    after = {one["number"]: one for one in now["stimuli"]}
    for number in sorted(before.keys() | after.keys()):
        one, other = before.get(number), after.get(number)
        if one is None or other is None:
            changed.append(f"image {number} itself")
            continue
        changed += [f"{name} of image {number}" for name in _OF_IMAGES if one[name] != other[name]]
    return changed
