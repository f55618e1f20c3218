"""Raters who could know the images: they are marked, with what shows it, as soon as it can be seen.

The mark is what the plan leaves out by. It is never taken back: nobody forgets what they saw.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from survey.models import Event, Session, State, Study
from survey.selectors.knowing import MAY_KNOW, Knowledge, Looks


def knowledge_note(*, session: Session, user: Any) -> None:
    """Look what the account at the browser, and the one that began, could have seen by now.

    Of a study that is open only: once it has closed its images may be shown to anybody, and what
    its raters could know while they judged stands in its results.
    """
    if session.kind != Session.Kind.RATER:
        return
    accounts = [user] if user.is_authenticated else []
    if session.rater_id is not None and session.rater_id != user.pk:
        accounts.append(session.rater)
    if not accounts or not _is_open(session.study):
        return
    looks = Looks(session.study)
    found = [known for account in accounts if (known := looks.at(account)).images]
    if not found:
        return
    with transaction.atomic():
        # It may have closed while we looked; from then on nothing is noted.
        if Study.objects.select_for_update(no_key=True).filter(
            pk=session.study_id, state=State.OPEN
        ):
            for known in found:
                knowledge_keep(session=session, known=known)


def knowledge_look_all(*, study: Study, but: Collection[int] = ()) -> dict[int, Knowledge]:
    """What all who are on the way could know by now, by the key of their session; notes nothing.

    It takes a while with many raters, so it is done before anything is locked. `but` leaves out
    sessions that were looked at.
    """
    on_the_way = study.sessions.filter(
        kind=Session.Kind.RATER, state=Session.State.STARTED, rater__isnull=False
    ).exclude(pk__in=but)
    sessions = list(on_the_way.select_related("rater"))
    if not sessions:
        return {}
    looks = Looks(study, afresh=True)
    return {session.pk: looks.at(session.rater) for session in sessions}


def knowledge_keep_all(*, study: Study, looked: Mapping[int, Knowledge]) -> None:
    """Note at the closing what the look before it found, and look at who came in between.

    Later nothing joins raters to their accounts.
    """
    found = {**looked, **knowledge_look_all(study=study, but=looked)}
    known = [key for key, its in found.items() if its.images]
    for session in study.sessions.filter(pk__in=known):
        knowledge_keep(session=session, known=found[session.pk])


def ways_forget(*, study: Study) -> None:
    """Keep how many images a rater could know, and not by what: it may say who they are."""
    for event in Event.objects.filter(session__study=study, kind=MAY_KNOW):
        kept = {name: value for name, value in event.details.items() if name != "ways"}
        # As in erasing, an exception to a log that is only added to.
        QuerySet(Event).filter(pk=event.pk).update(details=kept)


def _is_open(study: Study) -> bool:
    """As it stands now: what was read with the session may be older."""
    return Study.objects.filter(pk=study.pk, state=State.OPEN).exists()


def knowledge_keep(*, session: Session, known: Knowledge) -> None:
    """Mark the session, and log what was found unless the log says so already."""
    if not known.images:
        return
    noted = Event.objects.filter(session=session, kind=MAY_KNOW).values_list("details", flat=True)
    if known.json in list(noted):
        return
    if not Session.objects.filter(pk=session.pk).update(saw_images_possible=True):
        return  # erased meanwhile
    session.saw_images_possible = True
    Event.objects.create(session=session, kind=MAY_KNOW, details=known.json)
