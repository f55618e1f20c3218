"""Drawing images of several sources at once, balanced over arms, shapes and materials."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from catalog.models import Image, Kind
from runs.models import Pair
from survey.drawing import Drawable, balanced_draw
from survey.facts import facts_of_image, facts_of_pair
from survey.models import Answer, Study
from survey.selectors.choices import MOST_DRAWN_FROM, candidates_of


@dataclass(slots=True)
class Drawn:
    """`missing` says how many of a kind the sources did not have."""

    images: list[Image] = field(default_factory=list)
    pairs: list[Pair] = field(default_factory=list)
    missing: dict[str, int] = field(default_factory=dict)


def draw_from(
    *,
    study: Study,
    user: Any,
    sources: Sequence[str],
    filters: Mapping[str, str],
    wanted: Mapping[str, int],
    seed: int,
) -> Drawn:
    """Draw `wanted` images of each kind (`Answer`) from sources that the person may see."""
    rows: dict[tuple[str, int], Image | Pair] = {}
    files: set[str] = set()  # a file of two sources is one image
    by_kind: dict[str, list[Drawable]] = {truth: [] for truth in Answer.values}
    for source in sources:
        found = candidates_of(study=study, user=user, source=source, filters=filters)
        for truth, drawable, row in _drawables(found.images, found.pairs):
            file = row.file_id if isinstance(row, Image) else row.image_id
            if file in files:
                continue
            files.add(file)
            rows[drawable.key] = row
            by_kind[truth].append(drawable)
    drawn = Drawn()
    for truth, count in wanted.items():
        taken = balanced_draw(by_kind[truth], count=count, seed=seed)
        if len(taken) < count:
            drawn.missing[truth] = count - len(taken)
        for one in taken:
            row = rows[one.key]
            if isinstance(row, Image):
                drawn.images.append(row)
            else:
                drawn.pairs.append(row)
    return drawn


def _drawables(images: Any, pairs: Any) -> Iterator[tuple[str, Drawable, Image | Pair]]:
    for image in () if images is None else images.order_by("pk")[:MOST_DRAWN_FROM]:
        artificial = image.dataset.kind == Kind.ARTIFICIAL
        shape, material = facts_of_image(image)
        arm = image.dataset.name if artificial else ""
        drawable = Drawable(key=("image", image.pk), arm=arm, shape=shape, material=material)
        yield Answer.ARTIFICIAL if artificial else Answer.REAL, drawable, image
    if pairs is None:
        return
    for pair in pairs.select_related("scene_run", "run").order_by("pk")[:MOST_DRAWN_FROM]:
        shape, material = facts_of_pair(pair)
        drawable = Drawable(
            key=("pair", pair.pk), arm=pair.generator, shape=shape, material=material
        )
        yield Answer.ARTIFICIAL, drawable, pair
