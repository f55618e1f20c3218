"""The study and the ten-image game of a tour, made of its real and artificial images."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from accounts.models import User
from catalog.models import Dataset, Image
from runs.models import Status
from survey.errors import StudyRefused
from survey.models import State, Stimulus, Study, Use
from survey.protocol import MARK, Settings
from survey.services import stimuli_add, stimuli_prepare, study_create, study_open

if TYPE_CHECKING:
    from django.db.models import QuerySet

# The paper's design: 16 artificial and 12 real images (Bals and Epple 2023).
ARTIFICIAL, REAL = 16, 12
GAME = 5  # of each
# A demonstration: what the checks find is shown and frozen, and keeps nothing from opening.
SHOWN = Settings(shortcut_limit=1.0, near_duplicates=MARK, trained_images=MARK, bars=MARK)
LEAST = 2  # of each; with fewer there is nothing to tell apart


def study_of_tour(
    *, by: User, real: Dataset, artificial: Dataset, seed: int, number: int
) -> Study | None:
    """A study in the paper's proportions, as far as there are images; None where there are not."""
    return _made(by, Use.STUDY, f"Tour {number}: real or artificial?", real, artificial, seed)


def game_of_tour(
    *, by: User, real: Dataset, artificial: Dataset, seed: int, number: int
) -> Study | None:
    """Ten images for the front page, unless it has some already."""
    if Study.objects.filter(use=Use.GAME, state=State.OPEN).exists():
        return None
    return _made(by, Use.GAME, f"Tour {number}: can you tell?", real, artificial, seed + 1)


def open_when_ready(*, study: Study, by: User) -> str:
    """Open a study whose images are prepared; return why it cannot, where it cannot."""
    study.refresh_from_db()
    run = study.stimuli_run
    if study.state != State.DRAFT or run is None or run.status != Status.SUCCEEDED:
        return ""
    try:
        # With few images there is no audit; a demonstration opens, and that is frozen with it.
        study_open(study=study, by=by, unchecked=True)
    except StudyRefused as refused:
        return str(refused)
    return ""


def _made(
    by: User, use: str, name: str, real: Dataset, artificial: Dataset, seed: int
) -> Study | None:
    most_real, most_artificial = (GAME, GAME) if use == Use.GAME else (REAL, ARTIFICIAL)
    chosen_real = _chosen(real, most_real, seed, use)
    chosen_artificial = _chosen(artificial, most_artificial, seed, use)
    least = GAME if use == Use.GAME else LEAST
    if min(len(chosen_real), len(chosen_artificial)) < least:
        return None
    existing: Study | None = Study.objects.filter(owner=by, name=name).first()
    if existing is not None:
        return existing
    study = study_create(
        owner=by, name=name, use=use, seed=seed, settings=SHOWN, visitors_allowed=False
    )
    stimuli_add(study=study, by=by, images=[*chosen_real, *chosen_artificial])
    stimuli_prepare(study=study, by=by)
    return study


def _chosen(dataset: Dataset, most: int, seed: int, use: str) -> Sequence[Image]:
    """Images at random, but the same ones for the same seed.

    A game tells which images are real: none of it may be asked for in a study, nor the other way
    round. Where there are enough, the study leaves some for the game.
    """
    rows: QuerySet[Image] = dataset.images.filter(excluded_reason="").exclude(
        file__in=_taken(Use.STUDY if use == Use.GAME else Use.GAME)
    )
    keys = list(rows.order_by("pk").values_list("pk", flat=True))
    if use == Use.STUDY and len(keys) >= 2 * GAME:
        most = min(most, len(keys) - GAME)
    taken = random.Random(seed).sample(keys, min(most, len(keys)))  # noqa: S311
    return list(rows.filter(pk__in=taken).order_by("pk"))


def _taken(use: str) -> QuerySet[Stimulus, Any]:
    """The files of games, or of studies that are not closed."""
    shown = Stimulus.objects.filter(study__use=use, source__isnull=False)
    if use == Use.STUDY:
        shown = shown.exclude(study__state=State.CLOSED)
    return shown.values("source")
