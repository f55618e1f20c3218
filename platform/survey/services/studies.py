"""Making, changing, opening and closing studies."""

from __future__ import annotations

import secrets
from dataclasses import asdict
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from core.access import Visibility
from core.audit import noted
from survey import checks, protocol
from survey.errors import StudyRefused
from survey.models import DryRun, Protocol, State, Study, Use
from survey.plan import Plan
from survey.services.analyses import analysis_start
from survey.services.knowing import knowledge_keep_all, knowledge_look_all
from survey.services.leaving import links_cut
from survey.states import ALLOWED

NAME_TAKEN = "You have a study of that name already; choose another name."
# What the images are made by: another value makes other images.
_CUTTING = ("width_px", "height_px", "crop", "attention")


def study_create(
    *,
    owner: User,
    name: str,
    use: str = Use.STUDY,
    description: str = "",
    instructions: str = protocol.INSTRUCTIONS,
    consent_text: str = protocol.CONSENT,
    settings: protocol.Settings | None = None,
    plan: Plan | None = None,
    visibility: str = Visibility.PRIVATE,
    visitors_allowed: bool = False,
    seed: int | None = None,
) -> Study:
    chosen = settings or protocol.Settings()
    study = Study(
        owner=owner,
        name=_checked_name(name),
        use=use,
        description=description.strip(),
        instructions=_instructions(instructions, before=protocol.Settings(), now=chosen),
        consent_text=consent_text.strip(),
        settings=protocol.settings_json(chosen),
        plan=asdict(plan or Plan()),
        visibility=visibility,
        visitors_allowed=visitors_allowed,
        seed=secrets.randbelow(2**53) if seed is None else seed,
    )
    _save(study, action="study.created", by=owner)
    return study


def study_update(
    *,
    study: Study,
    by: User,
    settings: protocol.Settings | None = None,
    plan: Plan | None = None,
    **values: Any,
) -> None:
    """Change a draft; what raters see never changes after the opening."""
    with transaction.atomic():
        # It may have opened since the page was loaded, or been prepared anew.
        locked = Study.objects.select_for_update().get(pk=study.pk)
        require_draft(locked)
        for name, value in values.items():
            setattr(locked, name, _checked_name(value) if name == "name" else value)
        if settings is not None:
            locked.instructions = _instructions(
                locked.instructions, before=protocol.Settings.of(locked), now=settings
            )
            before, after = locked.settings, protocol.settings_json(settings)
            locked.settings = after
            if any(before.get(name) != after[name] for name in _CUTTING):
                forget_preparation(locked)
        if plan is not None:
            locked.plan = asdict(plan)
        _save(locked, action="study.changed", by=by)
    study.refresh_from_db()


def study_open(*, study: Study, by: User, unchecked: bool = False) -> Protocol:
    """Freeze protocol and images, and let raters in.

    `unchecked`: the organiser knows that there are too few images for the shortcut audit.
    """
    with transaction.atomic():
        locked = Study.objects.select_for_update().get(pk=study.pk)
        _require(locked, State.OPEN)
        found = checks.opening_checks(study=locked)
        if found.problems:
            raise StudyRefused("It cannot open yet. " + " ".join(found.problems))
        if found.unchecked and not unchecked:
            raise StudyRefused(f"It is not open yet. {found.unchecked}")
        _mark_trained(locked, found)
        document = protocol.document_of(
            locked,
            unchecked=found.unchecked,
            shortcuts=found.shortcuts.json if found.shortcuts else None,
            alike=[(one.number, other.number) for one, other in found.alike],
            bars_in_doubt=[stimulus.number for stimulus in found.doubtful],
        )
        nonce = protocol.new_nonce()
        frozen = Protocol.objects.create(
            study=locked,
            version=protocol.VERSION,
            document=document,
            sha256=protocol.sha256_of(document),
            nonce=nonce,
            commitment=protocol.commitment_of(document, nonce=nonce),
        )
        # What was tried out on the draft is no data.
        locked.dry_runs.filter(state__in=DryRun.ACTIVE).update(state=DryRun.State.STOPPED)
        locked.sessions.all().delete()
        _move(locked, State.OPEN, opened_at=timezone.now())
        noted(actor=by, action="study.opened", subject=locked, commitment=frozen.commitment)
    study.refresh_from_db()
    return frozen


def study_close(*, study: Study, by: User) -> None:
    """Let nobody in any more and show the results; there is no way back."""
    _require(study, State.CLOSED)
    looked = knowledge_look_all(study=study)
    with transaction.atomic():
        # The one lock that answers wait for: each is in before the closing, or refused.
        Study.objects.select_for_update().get(pk=study.pk)
        _move(study, State.CLOSED, closed_at=timezone.now())
        knowledge_keep_all(study=study, looked=looked)
        links_cut(study=study)
        noted(actor=by, action="study.closed", subject=study)
    study.refresh_from_db()
    if study.use == Use.STUDY:
        analysis_start(study=study, by=by)


def require_draft(study: Study) -> None:
    if study.state != State.DRAFT:
        raise StudyRefused(
            f"The study is {study.get_state_display().lower()}: its images and what raters are "
            "asked are fixed. Make a new study for other ones."
        )


def forget_preparation(study: Study) -> None:
    """The images that were made no longer fit the choice."""
    study.stimuli.update(
        served=None,
        problem="",
        figures={},
        width_px=None,
        height_px=None,
        bar_signed_off_at=None,
        bar_signed_off_by=None,
    )
    study.stimuli_run = None
    study.sessions.all().delete()  # previews of what is no longer there


def _mark_trained(study: Study, found: checks.Checks) -> None:
    study.stimuli.update(trained_on=False)
    if found.trained is not None:
        seen = [stimulus.number for stimulus, _ in found.trained.seen]
        study.stimuli.filter(number__in=seen).update(trained_on=True)


def _require(study: Study, new: State) -> None:
    if new not in ALLOWED[State(study.state)]:
        raise StudyRefused(
            f"A study that is {study.get_state_display().lower()} does not become "
            f"{new.label.lower()}."
        )


def _move(study: Study, new: State, **values: Any) -> None:
    """Move by one conditional UPDATE: of two people at once, one wins."""
    before = [state for state, after in ALLOWED.items() if new in after]
    rows = Study.objects.filter(pk=study.pk, state__in=before)
    if not rows.update(state=new, **values):
        raise StudyRefused("Somebody else changed the study meanwhile; load the page again.")


def _instructions(text: str, *, before: protocol.Settings, now: protocol.Settings) -> str:
    """What the organiser wrote; what they left as it came fits the settings as they are now."""
    own = text.split() != protocol.instructions_for(before).split()
    return text.strip() if own else protocol.instructions_for(now)


def _checked_name(name: str) -> str:
    name = name.strip()
    if not name:
        raise StudyRefused("Give the study a name.", field="name")
    if len(name) > 120:
        raise StudyRefused("The name is longer than 120 characters.", field="name")
    return name


def _save(study: Study, *, action: str, by: User) -> None:
    try:
        with transaction.atomic():
            study.save()
            noted(actor=by, action=action, subject=study)
    except IntegrityError:
        raise StudyRefused(NAME_TAKEN, field="name") from None
