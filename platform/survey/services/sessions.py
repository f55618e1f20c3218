"""A rater's way in: consent makes the session, with all its presentations in their order."""

from __future__ import annotations

import hashlib
import random
import secrets
from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from accounts.models import User
from catalog.models import Dataset
from runs.models import Run
from survey.errors import DoorShut
from survey.models import (
    Answer,
    DryRun,
    Event,
    Invitation,
    Presentation,
    Session,
    State,
    Stimulus,
    Study,
    new_token,
)
from survey.order import order_of

_LETTERS = "BCDFGHJKLMNPQRSTVWXZ23456789"  # no vowels: no words by accident


def key_sha256(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def session_start(
    *,
    study: Study,
    kind: str,
    invitation: Invitation | None = None,
    user: User | Any = None,
    user_agent: str = "",
    dry_run: DryRun | None = None,
    simulated_as: str = "",
) -> tuple[Session, str]:
    """Let somebody in who has consented; the second value is the key that their cookie holds."""
    try:
        with transaction.atomic():
            locked = Study.objects.select_for_update().get(pk=study.pk)
            _require_open(locked, kind)
            if invitation is not None:
                _use(invitation)
            session, key = _make(locked, kind, invitation, user, user_agent)
            if dry_run is not None:
                session.dry_run, session.simulated_as = dry_run, simulated_as
                session.save(update_fields=["dry_run", "simulated_as"])
            return session, key
    except IntegrityError:
        raise DoorShut(
            "You have begun this study already; go on in the browser where you began."
        ) from None


def session_begin(*, session: Session, screen: dict[str, Any]) -> None:
    """The instructions were read; the first image comes."""
    now = timezone.now()
    if Session.objects.filter(pk=session.pk, begun_at=None).update(
        begun_at=now, last_seen_at=now, screen=screen
    ):
        Event.objects.create(session=session, kind="begun", details=screen)


def session_withdraw(*, session: Session) -> None:
    """The rater takes their answers back: they enter no result."""
    with transaction.atomic():
        rows = Session.objects.filter(pk=session.pk, study__state=State.OPEN)
        if not rows.exclude(state=Session.State.WITHDRAWN).update(
            state=Session.State.WITHDRAWN, last_seen_at=timezone.now()
        ):
            raise DoorShut("The study has closed; its results are out and cannot be taken back.")
        Event.objects.create(session=session, kind="withdrawn")


def saw_images_possible(*, study: Study, user: User | Any) -> bool:
    """Whether this person may see images of the study elsewhere, and which are real."""
    if user is None or not user.is_authenticated:
        return False
    if user.is_superuser or study.owner_id == user.pk:
        return True
    datasets = Dataset.objects.visible_to(user).filter(images__stimuli__study=study)
    runs = Run.objects.visible_to(user).filter(pairs__stimuli__study=study)
    return bool(datasets.exists() or runs.exists())


def _require_open(study: Study, kind: str) -> None:
    if kind in {Session.Kind.PREVIEW, Session.Kind.SIMULATED}:
        if not _shown(study):
            raise DoorShut("The images of this study are not prepared yet.")
    elif study.state != State.OPEN:
        when = "has not begun yet" if study.state == State.DRAFT else "has ended"
        raise DoorShut(f"This study {when}. Thank you for coming.")


def _use(invitation: Invitation) -> None:
    free = Invitation.objects.filter(pk=invitation.pk, revoked_at=None, used__lt=F("quota"))
    if not free.update(used=F("used") + 1):
        raise DoorShut(
            "This link was used already, or was taken back. Go on in the browser where you began, "
            "or ask whoever sent it for another one."
        )


def _make(
    study: Study, kind: str, invitation: Invitation | None, user: Any, user_agent: str
) -> tuple[Session, str]:
    signed_in = user if user is not None and user.is_authenticated else None
    rater = kind == Session.Kind.RATER
    number = study.session_count if rater else secrets.randbelow(2**31)
    if rater:
        Study.objects.filter(pk=study.pk).update(session_count=F("session_count") + 1)
    shown = [stimulus for stimulus in _shown(study) if stimulus.use == Stimulus.Use.MAIN]
    practice = [s for s in _shown(study) if s.use == Stimulus.Use.PRACTICE]
    if kind == Session.Kind.GAME:
        shown, practice = _five_of_each(shown), []
    key, now = new_token(), timezone.now()
    session = Session.objects.create(
        study=study,
        protocol=study.protocols.order_by("-version").first(),
        kind=kind,
        number=number,
        pseudonym="R-" + "".join(secrets.choice(_LETTERS) for _ in range(6)),
        key_sha256=key_sha256(key),
        invitation=invitation,
        rater=signed_in if rater else None,
        artificial_on_left=_artificial_on_left(study.seed, number),
        saw_images_possible=saw_images_possible(study=study, user=signed_in),
        consented_at=now,
        last_seen_at=now,
        user_agent=user_agent[:300],
        practice=len(practice),
        total=len(practice) + len(shown),
    )
    chance = random.Random(f"{study.seed}/practice/{number}")  # noqa: S311 - an order, no secret
    kinds = [stimulus.truth == Answer.ARTIFICIAL for stimulus in shown]
    rows = [(s, Presentation.Kind.PRACTICE) for s in chance.sample(practice, len(practice))]
    order = order_of(kinds, seed=study.seed, number=number)
    rows += [(shown[index], Presentation.Kind.MAIN) for index in order]
    Presentation.objects.bulk_create(
        Presentation(
            session=session, stimulus=stimulus, kind=kind, position=place, token=new_token()
        )
        for place, (stimulus, kind) in enumerate(rows, start=1)
    )
    Event.objects.create(session=session, kind="consented")
    return session, key


def _shown(study: Study) -> list[Stimulus]:
    return list(study.stimuli.filter(served__isnull=False).order_by("number"))


def _five_of_each(shown: Sequence[Stimulus]) -> list[Stimulus]:
    chance = secrets.SystemRandom()
    return [
        stimulus
        for truth in Answer
        for stimulus in chance.sample([s for s in shown if s.truth == truth], 5)
    ]


def _artificial_on_left(seed: int, number: int) -> bool:
    """Of each two raters one has it on the left; which one is by chance."""
    chance = random.Random(f"{seed}/side/{number // 2}")  # noqa: S311 - a side, not a secret
    return (chance.random() < 0.5) != bool(number % 2)
