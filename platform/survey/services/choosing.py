"""Choosing a study's images and what each is for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from accounts.models import User
from catalog.models import Image, Kind
from core.audit import noted
from runs.models import Pair
from survey.errors import StudyRefused
from survey.matching import matched
from survey.models import Answer, Stimulus, Study
from survey.services.studies import forget_preparation, require_draft

MOST = 600


@dataclass(slots=True)
class Added:
    """What came of a choice: how many were taken, and which were not."""

    taken: int = 0
    refused: list[tuple[str, str]] = field(default_factory=list)


def stimuli_add(
    *,
    study: Study,
    by: User,
    images: Iterable[Image] = (),
    pairs: Iterable[Pair] = (),
    use: str = Stimulus.Use.MAIN,
) -> Added:
    """Add images of datasets and artificial images of runs; what cannot be is left out and named.

    The caller has checked that `by` may see them.
    """
    added, use = Added(), _checked_use(use)
    with transaction.atomic():
        locked = Study.objects.select_for_update().get(pk=study.pk)
        require_draft(locked)
        known = set(locked.stimuli.values_list("source_id", flat=True))
        last: int = locked.stimuli.aggregate(last=Max("number"))["last"] or 0
        new: list[Stimulus] = []
        for made in (*_from_images(images, added), *_from_pairs(pairs)):
            if made.source_id in known:
                added.refused.append((made.source_name, "is in the study already."))
            elif len(known) >= MOST:
                added.refused.append((made.source_name, f"is one more than {MOST} images."))
            else:
                known.add(made.source_id)
                made.study, made.use, made.number = locked, use, last + len(new) + 1
                new.append(made)
        Stimulus.objects.bulk_create(new)
        added.taken = len(new)
        if new:
            _chosen_anew(locked, by, added=len(new))
    return added


def stimuli_remove(*, study: Study, by: User, numbers: Iterable[int]) -> int:
    with transaction.atomic():
        locked = Study.objects.select_for_update().get(pk=study.pk)
        require_draft(locked)
        # Previews hold on to the images that they show.
        locked.sessions.all().delete()
        gone, _ = locked.stimuli.filter(number__in=list(numbers)).delete()
        if gone:
            _chosen_anew(locked, by, removed=gone)
    return int(gone)


def stimuli_use(*, study: Study, by: User, numbers: Iterable[int], use: str) -> int:
    """Put images into the study itself, or set them aside for practice; how they look stays."""
    use = _checked_use(use)
    with transaction.atomic():
        locked = Study.objects.select_for_update().get(pk=study.pk)
        require_draft(locked)
        locked.sessions.all().delete()  # previews of another set
        rows = locked.stimuli.filter(number__in=list(numbers)).exclude(use=Stimulus.Use.ATTENTION)
        changed: int = rows.exclude(use=use).update(use=use, match=None)
        if changed:
            noted(actor=by, action="study.images-used", subject=locked, use=use, images=changed)
    return changed


def stimuli_match(
    *, study: Study, by: User, matches: Mapping[int, int | None] | None = None
) -> int:
    """Put real and artificial images into pairs: as told (number -> pair), or the most alike."""
    with transaction.atomic():
        locked = Study.objects.select_for_update().get(pk=study.pk)
        require_draft(locked)
        locked.sessions.all().delete()
        shown = list(
            locked.stimuli.exclude(use=Stimulus.Use.ATTENTION)
            .order_by("number")
            .select_related("image", "pair__scene_run")
        )
        told = _matched_by_use(shown) if matches is None else matches
        for stimulus in shown:
            stimulus.match = told.get(stimulus.number)
        Stimulus.objects.bulk_update(shown, ["match"])
        noted(actor=by, action="study.images-matched", subject=locked, by_hand=matches is not None)
    return len({number for number in told.values() if number is not None})


def _matched_by_use(shown: list[Stimulus]) -> dict[int, int]:
    """Practice images among themselves; no pair has the number of another."""
    found: dict[int, int] = {}
    for use in (Stimulus.Use.MAIN, Stimulus.Use.PRACTICE):
        before = max(found.values(), default=0)
        pairs = matched([stimulus for stimulus in shown if stimulus.use == use])
        found |= {number: before + pair for number, pair in pairs.items()}
    return found


def bars_sign_off(*, study: Study, by: User, numbers: Iterable[int]) -> int:
    """Note that somebody looked: nothing of a bar is left in these pictures."""
    with transaction.atomic():
        locked = Study.objects.select_for_update().get(pk=study.pk)
        require_draft(locked)
        rows = locked.stimuli.filter(number__in=list(numbers), served__isnull=False)
        signed = sorted(rows.values_list("number", flat=True))
        rows.update(bar_signed_off_at=timezone.now(), bar_signed_off_by=by)
        if signed:
            noted(actor=by, action="study.bars-signed-off", subject=locked, images=signed)
    return len(signed)


def _checked_use(use: str) -> str:
    if use not in (Stimulus.Use.MAIN, Stimulus.Use.PRACTICE):
        raise StudyRefused("An image is in the study, or for practice.")
    return use


def _from_images(images: Iterable[Image], added: Added) -> Iterator[Stimulus]:
    for image in images:
        if image.is_excluded:
            added.refused.append((image.name, f"is excluded: {image.excluded_reason}"))
            continue
        artificial = image.dataset.kind == Kind.ARTIFICIAL
        yield Stimulus(
            truth=Answer.ARTIFICIAL if artificial else Answer.REAL,
            arm=image.dataset.name[:80] if artificial else "",
            image=image,
            source_id=image.file_id,
            source_name=image.name,
            source_width_px=image.width_px,
            source_height_px=image.height_px,
        )


def _from_pairs(pairs: Iterable[Pair]) -> Iterator[Stimulus]:
    for pair in pairs:
        yield Stimulus(
            truth=Answer.ARTIFICIAL,
            arm=pair.generator,
            pair=pair,
            source_id=pair.image_id,
            source_name=f"{pair.run.name}, {pair.number}"[:200],
            source_width_px=pair.width_px,
            source_height_px=pair.height_px,
        )


def _chosen_anew(study: Study, by: User, **counts: int) -> None:
    forget_preparation(study)
    study.save()
    noted(actor=by, action="study.images-changed", subject=study, **counts)
