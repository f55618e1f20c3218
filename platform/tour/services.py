"""Starting a tour, and going on with it whenever one of its runs has ended.

`tour_advance` looks at what is there and does what can be done next. It may be called at any time
and any number of times: each step is done once.
"""

from __future__ import annotations

import logging
from functools import partial

from django.db import transaction

from accounts.models import Role, User
from catalog.errors import CatalogError
from catalog.models import Kind
from catalog.services import version_freeze
from core.audit import noted
from exchange.errors import ExchangeRefused
from exchange.models import Import
from review.models import Review
from runs.datasets import dataset_from_run
from runs.errors import RunRefused
from runs.models import Run, Status
from runs.presets import PRESETS, steps_of
from runs.services import InputRef, launch_start, run_start
from survey.errors import StudyRefused
from tour.errors import TourRefused
from tour.images import BRING_SOME, real_images
from tour.models import Tour
from tour.studies import game_of_tour, open_when_ready, study_of_tour

logger = logging.getLogger(__name__)

NEEDED = (Role.CURATOR, Role.ANALYST, Role.ORGANISER)
KEPT_OPEN = 5  # of a person's tours: the newest are gone on with


def tour_start(*, by: User, size: str, seed: int = 0) -> Tour:
    """Start the runs that need no real image, and take in the real images beside them."""
    missing = [role.label.lower() for role in NEEDED if not by.has(role)]
    if missing:
        raise TourRefused(
            f"A tour curates, runs and organises; you lack the role {', '.join(missing)}. "
            "An administrator can give it to you."
        )
    # All of it or nothing: a tour without runs would be a page that waits for ever.
    with transaction.atomic():
        tour = Tour.objects.create(owner=by, size=size, seed=seed)
        try:
            with transaction.atomic():
                tour.real, tour.images_import = real_images(by=by)
        except (ExchangeRefused, CatalogError) as refused:
            tour.problem = f"{BRING_SOME} ({refused})"
        launch = launch_start(
            owner=by,
            name=f"Tour {tour.pk}",
            preset=size,
            steps=steps_of(PRESETS[size].plan),
            seed=seed,
        )
        runs = {run.stage: run for run in launch.runs.all()}
        tour.launch = launch
        tour.scenes, tour.pairs = runs["simulate"], runs["render"]
        tour.network = runs["segment-train"]
        tour.save()
        noted(actor=by, action="tour.started", subject=tour, size=size)
    tour_advance(tour=tour)
    return tour


def tours_advance(*, owner: User) -> None:
    """Go on with a person's tours; called when one of their runs has ended."""
    for tour in Tour.objects.filter(owner=owner).order_by("-pk")[:KEPT_OPEN]:
        try:
            tour_advance(tour=tour)
        except (RunRefused, CatalogError, StudyRefused) as refused:
            logger.warning("%s does not go on: %s", tour, refused)
            Tour.objects.filter(pk=tour.pk).update(problem=str(refused))


def tour_advance(*, tour: Tour) -> None:
    """Do all that can be done now."""
    with transaction.atomic():
        held = Tour.objects.select_for_update().get(pk=tour.pk)
        _measure(held)
        _gather(held)
        _ask(held)
        _find_review(held)
        held.save()
    tour.refresh_from_db()


def _measure(tour: Tour) -> None:
    """Segment the real images once they are in and frozen; the network may still be learning."""
    batch = tour.images_import
    if batch is not None and batch.state == Import.State.FAILED and not tour.problem:
        tour.problem = f"{BRING_SOME} ({batch.problem})"
    ready = batch is None or batch.state == Import.State.DONE
    if tour.particles is not None or tour.real is None or not ready:
        return
    tour.real.refresh_from_db()
    if not tour.real.image_count or tour.network is None:
        return
    tour.version = version_freeze(dataset=tour.real, by=tour.owner, note=f"for {tour}")
    start = partial(run_start, owner=tour.owner, launch=tour.launch, seed=tour.seed)
    tour.particles = start(
        stage="segment-predict",
        name=f"Segment {tour.version}"[:120],
        inputs=[
            InputRef(field="images", version=tour.version),
            InputRef(field="weights", source_run=tour.network),
        ],
    )
    if tour.version.items.filter(truth__isnull=False).exists():
        tour.scores = start(
            stage="evaluate",
            name="Compare with the manual masks",
            inputs=[
                InputRef(field="predictions", source_run=tour.particles),
                InputRef(field="truth", version=tour.version, part="truth"),
            ],
        )


def _gather(tour: Tour) -> None:
    """The artificial images become a dataset of their own."""
    if tour.artificial is None and _done(tour.pairs):
        assert tour.pairs is not None  # noqa: S101  (told to the type checker)
        name = f"Tour {tour.pk}: artificial"
        tour.artificial = dataset_from_run(run=tour.pairs, by=tour.owner, name=name)


def _ask(tour: Tour) -> None:
    """A study and the front page's game of both kinds; each opens when its images are prepared."""
    for study in (tour.study, tour.game):
        if study is not None:
            said = open_when_ready(study=study, by=tour.owner)
            tour.problem = tour.problem or said
    both = tour.version is not None and tour.artificial is not None
    if not both or tour.study is not None or tour.real is None or tour.artificial is None:
        return
    if tour.real.kind != Kind.REAL:
        return
    images = {"real": tour.real, "artificial": tour.artificial}
    common = {"by": tour.owner, "seed": tour.seed, "number": tour.pk}
    tour.study = study_of_tour(**images, **common)  # type: ignore[arg-type]
    tour.game = game_of_tour(**images, **common)  # type: ignore[arg-type]
    if tour.study is None and not tour.problem:
        tour.problem = "There are too few images for a study; two of each kind are the least."


def _find_review(tour: Tour) -> None:
    if tour.review is None and _done(tour.particles):
        tour.review = Review.objects.filter(run=tour.particles).first()


def _done(run: Run | None) -> bool:
    return run is not None and run.status == Status.SUCCEEDED
