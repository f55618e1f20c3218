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
    Use,
    new_token,
)
from survey.protocol import PAIRS, Settings
from survey.rows import Item, Wanted, rows_of
from survey.selectors.knowing import knowledge_of
from survey.services.knowing import knowledge_keep

# Kinds of sessions that are no data; a draft can be tried out by them.
TRIALS = (Session.Kind.PREVIEW, Session.Kind.SIMULATED)
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
    key: str = "",
) -> tuple[Session, str]:
    """Let somebody in who has consented; the second value is the key that their cookie holds.

    What they could know of the images is looked up before the study is locked, as that takes a
    while. With a `key` of the browser's own door, the same consent sent twice makes one session.
    """
    signed_in = user if user is not None and user.is_authenticated else None
    rater = signed_in if kind == Session.Kind.RATER else None
    known = knowledge_of(study=study, user=rater) if rater is not None else None
    try:
        with transaction.atomic():
            # `no_key`: answers of other raters need not wait.
            locked = Study.objects.select_for_update(no_key=True).get(pk=study.pk)
            _require_open(locked, kind)
            if invitation is not None:
                _use(invitation)
            session, key = _make(
                locked,
                kind,
                invitation=invitation,
                rater=rater,
                user_agent=user_agent[:300],
                dry_run=dry_run,
                simulated_as=simulated_as,
                key=key or new_token(),
            )
            if known is not None:
                knowledge_keep(session=session, known=known)
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


def session_move(*, session: Session) -> str:
    """Go on in another browser: a new key opens the session, and the old one no longer does."""
    key = new_token()
    Session.objects.filter(pk=session.pk).update(
        key_sha256=key_sha256(key), last_seen_at=timezone.now()
    )
    Event.objects.create(session=session, kind="moved")
    return key


def new_pseudonym() -> str:
    return "R-" + "".join(secrets.choice(_LETTERS) for _ in range(6))


def _require_open(study: Study, kind: str) -> None:
    if kind in TRIALS and study.state != State.CLOSED:
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


def _make(study: Study, kind: str, **values: Any) -> tuple[Session, str]:
    number = _number(study, kind, values["dry_run"])
    if kind == Session.Kind.RATER:
        Study.objects.filter(pk=study.pk).update(session_count=F("session_count") + 1)
    shown = _shown(study)
    if kind == Session.Kind.GAME:
        shown = _five_of_each(shown)
    rows = rows_of(
        [
            Item(
                use=s.use,
                artificial=s.truth == Answer.ARTIFICIAL,
                arm=s.arm,
                match=s.match,
            )
            for s in shown
        ],
        _wanted(study),
        seed=study.seed,
        number=number,
    )
    key, now = values.pop("key"), timezone.now()
    session = Session.objects.create(
        study=study,
        protocol=study.protocols.order_by("-version").first(),
        kind=kind,
        number=number,
        pseudonym=new_pseudonym(),
        key_sha256=key_sha256(key),
        artificial_on_left=_artificial_on_left(study.seed, number),
        consented_at=now,
        last_seen_at=now,
        practice=sum(row.kind == Presentation.Kind.PRACTICE for row in rows),
        total=len(rows),
        **values,
    )
    Presentation.objects.bulk_create(
        Presentation(
            session=session,
            kind=row.kind,
            position=place,
            stimulus=shown[row.shown],
            token=new_token(),
            other=None if row.other is None else shown[row.other],
            other_token=None if row.other is None else new_token(),
        )
        for place, row in enumerate(rows, start=1)
    )
    Event.objects.create(session=session, kind="consented")
    return session, key


def _number(study: Study, kind: str, dry_run: DryRun | None) -> int:
    """Raters are numbered from 0, for balance; simulated ones in their dry run, for the same."""
    if kind == Session.Kind.RATER:
        return study.session_count
    if dry_run is not None:
        return dry_run.sessions.count()
    return secrets.randbelow(2**31)


def _wanted(study: Study) -> Wanted:
    if study.use == Use.GAME:
        return Wanted()
    settings = Settings.of(study)
    return Wanted(
        pairs=settings.task == PAIRS, size=settings.images_per_rater, repeats=settings.repeats
    )


def _shown(study: Study) -> list[Stimulus]:
    return list(study.stimuli.filter(served__isnull=False).order_by("number"))


def _five_of_each(shown: Sequence[Stimulus]) -> list[Stimulus]:
    chance = secrets.SystemRandom()
    return [
        stimulus
        for truth in Answer
        for stimulus in chance.sample(
            [s for s in shown if s.truth == truth and s.use == Stimulus.Use.MAIN], 5
        )
    ]


def _artificial_on_left(seed: int, number: int) -> bool:
    """Of each two raters one has it on the left; which one is by chance."""
    chance = random.Random(f"{seed}/side/{number // 2}")  # noqa: S311 - a side, not a secret
    return (chance.random() < 0.5) != bool(number % 2)
