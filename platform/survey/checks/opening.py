"""What stands in the way of opening a study, and what its organiser should know before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import Sum

from runs.models import Status
from survey.checks.alike import alike_sentences, near_duplicates
from survey.checks.bars import doubt_sentences, in_doubt
from survey.checks.expectation import Shape, expectation_doubts
from survey.checks.matches import match_problems
from survey.checks.odd import odd_sentences
from survey.checks.shortcuts import Told, shortcuts_of
from survey.checks.told import told_images, would_tell
from survey.checks.trained import Trained, trained_images
from survey.models import Answer, Stimulus, Study, Use
from survey.plan import Plan
from survey.protocol import PAIRS, REFUSE, Settings

LEAST = {Use.STUDY: 2, Use.GAME: 5}  # images of a kind
UNEVEN = 1.5


@dataclass(slots=True)
class Checks:
    """Sentences; a study with a problem does not open."""

    problems: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    real: int = 0
    artificial: int = 0
    practice: int = 0
    prepared: bool = False
    shortcuts: Told | None = None
    # What was not checked and why; a study opens so only where its organiser says that they know.
    unchecked: str = ""
    doubtful: list[Stimulus] = field(default_factory=list)  # bars that nobody signed off
    alike: list[tuple[Stimulus, Stimulus]] = field(default_factory=list)
    trained: Trained | None = None


def counted(*, study: Study) -> Checks:
    """How many images of which kind, without looking at any."""
    shown = study.stimuli.filter(use=Stimulus.Use.MAIN)
    real = shown.filter(truth=Answer.REAL).count()
    return Checks(
        real=real,
        artificial=shown.count() - real,
        practice=study.stimuli.filter(use=Stimulus.Use.PRACTICE).count(),
    )


def opening_checks(*, study: Study) -> Checks:
    settings = Settings.of(study)
    stimuli = list(study.stimuli.order_by("number").select_related("image", "pair"))
    found = counted(study=study)
    least = LEAST[Use(study.use)]
    for name, count in (("real", found.real), ("artificial", found.artificial)):
        if count < least:
            found.problems.append(f"It needs at least {least} {name} images.")
    found.problems += [f"{s.source_name}: {s.problem}" for s in stimuli if s.problem]
    waiting = [s for s in stimuli if not s.served_id and not s.problem]
    found.prepared = bool(stimuli) and not waiting
    if waiting:
        found.problems.append("The images are not prepared yet.")
    if len({(s.width_px, s.height_px) for s in stimuli if s.served_id}) > 1:
        found.problems.append("The images differ in size; prepare them again.")
    found.warnings += _uneven(found)
    shape = Shape(real=found.real, artificial=found.artificial, raters=_let_in(study))
    found.warnings += expectation_doubts(Plan.of(study), settings, shape)
    if study.use == Use.STUDY:
        told = told_images(study=study)
        found.problems += told.refused
        found.warnings += told.by_studies
    found.problems += would_tell(study=study)
    if settings.task == PAIRS:
        found.problems += match_problems(stimuli)
    if found.prepared:
        _look_closer(found, stimuli, study=study, settings=settings)
    return found


def _look_closer(
    found: Checks, stimuli: Sequence[Stimulus], *, study: Study, settings: Settings
) -> None:
    """What only prepared images tell."""
    found.doubtful = in_doubt(stimuli)
    where = found.problems if settings.bars == REFUSE else found.warnings
    where += doubt_sentences(found.doubtful)
    found.alike = near_duplicates(stimuli)
    where = found.problems if settings.near_duplicates == REFUSE else found.warnings
    where += alike_sentences(found.alike)
    found.trained = trained_images(stimuli)
    where = found.problems if settings.trained_images == REFUSE else found.warnings
    where += found.trained.sentences
    found.warnings += found.trained.warnings
    found.warnings += odd_sentences(stimuli)
    found.shortcuts = shortcuts_of(stimuli, limit=settings.shortcut_limit)
    if found.shortcuts.few:
        found.unchecked = (
            "Whether trivial figures (brightness, noise, sharpness, file size) tell real from "
            f"artificial was not checked. {found.shortcuts.reason} Raters may notice nothing but "
            "these. Take more images, or say that you open it all the same: that is frozen and "
            "published with the study."
        )
    elif found.shortcuts.reason and found.shortcuts.enforced:
        # Images that no run of the stage made have no figures; of others they are asked for.
        made = study.stimuli_run is not None and study.stimuli_run.status == Status.SUCCEEDED
        again = made and found.shortcuts.reason.startswith("Prepare")
        where = found.problems if again else found.warnings
        where.append(f"There is no shortcut audit. {found.shortcuts.reason}")
    found.problems += found.shortcuts.problems


def _let_in(study: Study) -> int | None:
    """How many raters the links let in; None while there is no link."""
    told = study.invitations.filter(revoked_at=None).aggregate(raters=Sum("quota"))
    raters: int | None = told["raters"]
    return raters


def _uneven(found: Checks) -> list[str]:
    many, few = max(found.real, found.artificial), min(found.real, found.artificial)
    if few and many / few > UNEVEN:
        return [
            f"{found.real} real against {found.artificial} artificial images is uneven: who always "
            "gives one answer is then right more often."
        ]
    return []
