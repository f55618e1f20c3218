"""Links to a study. A link is shown once; only its hash stays."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from core.audit import noted
from survey.errors import StudyRefused
from survey.models import Invitation, State, Study, Use, new_token
from survey.services.forgetting import forget_in_log, secure_delete

MOST_LINKS, MOST_RATERS = 200, 10_000


def token_sha256(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def invitation_create(
    *,
    study: Study,
    by: User,
    kind: str,
    count: int = 1,
    quota: int = 1,
    label: str = "",
    secret: Callable[[int], str] | None = None,
) -> list[tuple[Invitation, str]]:
    """Make `count` personal links, or one open link for `quota` raters; each with its token.

    Where `secret` gives the tokens by number, the same tokens (of a form that was sent twice)
    lead to the same links.
    """
    if study.use != Use.STUDY:
        raise StudyRefused("The front page's game needs no invitation.")
    if study.state == State.CLOSED:
        raise StudyRefused("The study is closed; nobody can be invited any more.")
    if kind == Invitation.Kind.PERSONAL:
        quota = 1
        if not 1 <= count <= MOST_LINKS:
            raise StudyRefused(f"Make 1 to {MOST_LINKS} links at a time.", field="count")
    else:
        count = 1
        if not 1 <= quota <= MOST_RATERS:
            raise StudyRefused(f"Let in 1 to {MOST_RATERS} raters.", field="quota")
    made = []
    name = label.strip()[:110]
    with transaction.atomic():
        for number in range(count):
            token = secret(number) if secret else new_token()
            invitation, is_new = Invitation.objects.get_or_create(
                token_sha256=token_sha256(token),
                defaults={
                    "study": study,
                    "kind": kind,
                    "label": f"{name} {number + 1}" if name and count > 1 else name,
                    "quota": quota,
                    "created_by": by,
                },
            )
            made.append((invitation, token))
        if is_new:
            noted(
                actor=by,
                action="study.invited",
                subject=study,
                kind=kind,
                links=count,
                quota=quota,
            )
    return made


def invitation_revoke(*, invitation: Invitation, by: User) -> None:
    """Let nobody else in by this link; who is in may finish."""
    if Invitation.objects.filter(pk=invitation.pk, revoked_at=None).update(
        revoked_at=timezone.now()
    ):
        noted(actor=by, action="study.link-revoked", subject=invitation.study)


def labels_forget(*, study: Study, by: User) -> int:
    """Take the organiser's notes off all links: whom they were sent to is nowhere any more."""
    secure_delete()
    with transaction.atomic():
        count = study.invitations.exclude(label="").update(label="")
        noted(actor=by, action="study.labels-forgotten", subject=study, links=count)
        transaction.on_commit(forget_in_log)
    return int(count)
