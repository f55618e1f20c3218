"""The images, or pairs, that most raters were wrong about, small, for the report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from core.models import StoredFile
from survey.models import Stimulus, Study
from survey.report.content import Section, Shown
from survey.selectors.result_images import ResultImage, ResultPair, result_images, result_pairs
from survey.thumbnails import small_png

HARDEST = 6


def with_hardest(
    sections: Sequence[Section], *, study: Study, document: Mapping[str, Any]
) -> list[Section]:
    """The same sections; where a page has its gallery, the report has the hardest images."""
    shown, words = (
        _pairs(study, document) if "pairs" in document else _single_images(study, document)
    )
    return [
        replace(one, images=shown, images_words=words) if one.gallery and shown else one
        for one in sections
    ]


def _single_images(study: Study, document: Mapping[str, Any]) -> tuple[list[Shown], str]:
    found = result_images(study=study, document=document)
    shown = [_image(one, one.stimulus.served) for one in found[:HARDEST] if one.stimulus.served]
    return shown, (
        f"The {len(shown)} of {len(found)} images that most raters were wrong about, the hardest "
        "first. Artificial ones stand beside the height map that they were made from."
    )


def _pairs(study: Study, document: Mapping[str, Any]) -> tuple[list[Shown], str]:
    found = result_pairs(study=study, document=document)
    shown = [
        _pair(one, one.artificial.served, one.real.served)
        for one in found[:HARDEST]
        if one.artificial.served and one.real.served
    ]
    return shown, (
        f"The {len(shown)} of {len(found)} pairs that most raters were wrong about, the hardest "
        "first: the artificial image, the height map that it was made from, and the real image."
    )


def _image(one: ResultImage, served: StoredFile) -> Shown:
    stimulus = one.stimulus
    return Shown(
        png=small_png(served.sha256),
        height_png=_height(stimulus),
        number=stimulus.number,
        words=f"Image {stimulus.number}, {stimulus.get_truth_display().lower()}: "
        f"{one.wrong} of {one.answers} raters were wrong.",
    )


def _pair(one: ResultPair, artificial: StoredFile, real: StoredFile) -> Shown:
    return Shown(
        png=small_png(artificial.sha256),
        height_png=_height(one.artificial),
        number=one.artificial.number,
        words=f"Artificial image {one.artificial.number} and real image {one.real.number}: "
        f"{one.wrong} of {one.answers} raters were wrong.",
        real_png=small_png(real.sha256),
        real_number=one.real.number,
    )


def _height(stimulus: Stimulus) -> bytes | None:
    return small_png(stimulus.pair.height.sha256) if stimulus.pair else None
