"""What a tour's checklist shows: each step with its state, in words, and the page it filled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from django.urls import reverse

from exchange.models import Import
from runs.models import Run, Status
from survey.models import State
from tour.models import Tour

StepState = Literal["waiting", "running", "succeeded", "failed"]

_STATE_OF: dict[str, StepState] = {
    Status.WAITING: "waiting",
    Status.QUEUED: "waiting",
    Status.RUNNING: "running",
    Status.STORING: "running",
    Status.SUCCEEDED: "succeeded",
    Status.FAILED: "failed",
    Status.CANCELLED: "failed",
    Status.LOST: "running",  # it is taken up again by itself
}
_LABELS = {"waiting": "Waits", "running": "Under way", "succeeded": "Ready", "failed": "Failed"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One line of the checklist; `address` is empty until there is something to open."""

    title: str
    what: str
    state: StepState
    address: str = ""
    opens: str = ""  # what the link leads to, in words
    note: str = ""
    done: int = 0
    total: int = 0
    unit: str = ""
    seconds_left: float | None = None

    @property
    def label(self) -> str:
        return _LABELS[self.state]


def latest_tour(*, user: Any) -> Tour | None:
    found: Tour | None = (
        Tour.objects.filter(owner=user)
        .select_related(
            "images_import", "real", "launch", "scenes", "pairs", "network", "particles", "scores"
        )
        .select_related("artificial", "study", "game", "review")
        .order_by("-pk")
        .first()
    )
    return found


def steps_of(tour: Tour) -> list[Step]:
    """The checklist, in the order in which things become ready."""
    found = [
        _real(tour),
        _run(tour.scenes, "Drop particles", "Blender lets them fall: height maps, exact masks."),
        _run(tour.pairs, "Render micrographs", "Height maps become artificial SEM images."),
        _page(
            tour.artificial is not None,
            "Compare",
            "Every artificial image beside the height map it was made from.",
            f"{reverse('compare:index')}?run={tour.pairs_id}",
        ),
        _page(
            tour.artificial is not None,
            "Artificial images",
            "They lie in a dataset of their own, like the real ones.",
            reverse("catalog:dataset", args=[tour.artificial_id]) if tour.artificial_id else "",
        ),
        _judge(tour),
        _run(tour.network, "Train the network", "A UNet++ learns from artificial images alone."),
        _run(tour.particles, "Segment the real ones", "It finds and measures their particles."),
    ]
    if tour.scores is not None:
        found.append(
            _run(tour.scores, "Compare with manual masks", "IoU, F1 and sizes against the truth.")
        )
    address = reverse("review:review", args=[tour.review_id]) if tour.review_id else ""
    what = "See what was found, correct it, take the sizes away."
    found.append(_page(tour.review_id is not None, "Review", what, address))
    if tour.game is not None and tour.game.state == State.OPEN:  # there were enough images for it
        address = reverse("survey:can-you-tell")
        found.append(_page(True, "Can you tell?", "Ten images on the front page.", address))
    return found


def is_final(steps: list[Step]) -> bool:
    """Nothing more happens by itself: all is ready, or waits for something that failed."""
    if any(step.state == "running" for step in steps):
        return False
    waits = any(step.state == "waiting" for step in steps)
    return not waits or any(step.state == "failed" for step in steps)


def _real(tour: Tour) -> Step:
    title, batch, dataset = "Real micrographs", tour.images_import, tour.real
    if dataset is None or (batch is not None and batch.state == Import.State.FAILED):
        return Step(title=title, what="None could be had.", state="failed", note=tour.problem)
    there = batch is None or batch.state == Import.State.DONE
    return Step(
        title=title,
        what=f"{dataset.name}: {dataset.source or 'at hand'}"[:160],
        state="succeeded" if there else "running",
        address=reverse("catalog:dataset", args=[dataset.pk]),
        opens="Open the dataset",
        note=f"{dataset.image_count} images" if there else "",
    )


def _judge(tour: Tour) -> Step:
    study, title, what = (
        tour.study,
        "Judge",
        "Real or artificial? A blinded study, to take or send.",
    )
    if study is None:
        failed = bool(tour.problem)
        note = tour.problem if failed else ""
        return Step(title=title, what=what, state="failed" if failed else "waiting", note=note)
    is_open = study.state != State.DRAFT
    return Step(
        title=title,
        what=what,
        state="succeeded" if is_open else "failed" if tour.problem else "running",
        address=reverse("survey:study", args=[study.pk]),
        opens="Open the study",
        note="" if is_open else tour.problem,
    )


def _run(run: Run | None, title: str, what: str) -> Step:
    if run is None:
        return Step(title=title, what=what, state="waiting")
    live = run.status == Status.RUNNING and bool(run.phases)
    phase = run.phases[-1] if live else {}
    return Step(
        title=title,
        what=what,
        state=_STATE_OF[run.status],
        address=reverse("runs:run", args=[run.pk]),
        opens="Open the run",
        note=run.problem if run.is_final else "",
        done=int(phase.get("done") or 0),
        total=int(phase.get("total") or 0),
        unit=str(phase.get("unit") or ""),
        seconds_left=phase.get("seconds_left"),
    )


def _page(there: bool, title: str, what: str, address: str) -> Step:
    return Step(
        title=title,
        what=what,
        state="succeeded" if there else "waiting",
        address=address if there else "",
        opens="Open",
    )
