"""The images that most raters were wrong about, small, for the report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from core.models import StoredFile
from survey.models import Study
from survey.report.content import Section, Shown
from survey.selectors.result_images import ResultImage, result_images
from survey.thumbnails import small_png

HARDEST = 6


def with_hardest(
    sections: Sequence[Section], *, study: Study, document: Mapping[str, Any]
) -> list[Section]:
    """The same sections; where a page has its gallery, the report has the hardest images."""
    found = result_images(study=study, document=document)
    shown = [_shown(one, one.stimulus.served) for one in found[:HARDEST] if one.stimulus.served]
    words = (
        f"The {len(shown)} of {len(found)} images that most raters were wrong about, the hardest "
        "first. Artificial ones stand beside the height map that they were made from."
    )
    return [
        replace(one, images=shown, images_words=words) if one.gallery and shown else one
        for one in sections
    ]


def _shown(one: ResultImage, served: StoredFile) -> Shown:
    stimulus = one.stimulus
    return Shown(
        png=small_png(served.sha256),
        height_png=small_png(stimulus.pair.height.sha256) if stimulus.pair else None,
        number=stimulus.number,
        words=f"Image {stimulus.number}, {stimulus.get_truth_display().lower()}: "
        f"{one.wrong} of {one.answers} raters were wrong.",
    )
