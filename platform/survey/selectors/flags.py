"""What is worth a look about a rater. A flag tells no answer, and leaves nobody out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from django.db.models import Q
from django.utils.text import get_text_list

from survey.models import Event, Presentation, Session
from survey.plan import Plan
from survey.selectors.knowing import MAY_KNOW, WORDS

FASTEST_MS = 300  # nobody looks at an image and answers within; a plan may ask for more
FEW_ANSWERS, CONSTANT_FROM = 5, 10
CLOCKS_DIFFER = timedelta(seconds=5)  # between web servers
LONG_PAUSE = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Flag:
    key: str  # "fast", "constant", "attention", "pause", "unseen", "times", "again", "may-know"
    text: str


@dataclass(frozen=True, slots=True)
class GivenAnswer:
    kind: str
    decision: str
    response_ms: float | None
    at: datetime
    asked: str  # of an attention item: the answer that it asks for; else empty
    served_at: datetime | None  # when the server first sent the image


def flags_of_answers(
    given: list[GivenAnswer], judged: list[GivenAnswer], median_ms: float | None, plan: Plan
) -> Iterable[Flag]:
    least_ms = plan.fastest_ms or FASTEST_MS
    if median_ms is not None and len(judged) >= FEW_ANSWERS and median_ms < least_ms:
        yield Flag("fast", f"Fast: half of the answers within {median_ms / 1000:.2g} s")
    if len(judged) >= CONSTANT_FROM and len({one.decision for one in judged}) == 1:
        yield Flag("constant", "Gives one answer to everything")
    asked = [one for one in given if one.asked]
    if failed := sum(one.decision != one.asked for one in asked):
        yield Flag("attention", f"Missed {failed} of {len(asked)} attention items")
    yield from _impossible(given)
    gaps = [after.at - one.at for one, after in pairwise(given)]
    if gaps and max(gaps) >= LONG_PAUSE:
        yield Flag("pause", f"Was away for {max(gaps).total_seconds() / 3600:.1f} h in between")


def _impossible(given: Sequence[GivenAnswer]) -> Iterable[Flag]:
    """What a browser that shows images does not send; the server's own times show it.

    Images are judged one after the other, so all times together fit between the first image that
    was sent and the last answer that came, whatever waited for a network in between.
    """
    if unseen := sum(one.served_at is None for one in given):
        yield Flag("unseen", f"Answered {unseen} of {len(given)} images without fetching them")
    fetched = [one.served_at for one in given if one.served_at is not None]
    told = timedelta(milliseconds=sum(one.response_ms or 0 for one in given))
    if fetched and told > max(one.at for one in given) - min(fetched) + CLOCKS_DIFFER:
        yield Flag("times", "Response times add up to more than the time that it took")


def loaded_again(sessions: Sequence[Session]) -> Counter[int]:
    """How many images were loaded anew before their answer, by the session; practice left out.

    The browser tells it where it remembers, the server where it had to send the image once more.
    """
    images = (
        Event.objects.filter(session__in=[one.pk for one in sessions])
        .filter(Q(kind="shown-again") | Q(kind="answered", details__again=True))
        .exclude(presentation__kind=Presentation.Kind.PRACTICE)
        .values_list("session_id", "presentation_id")
    )
    return Counter(session for session, _ in images.distinct())


def shown_again(count: int) -> Iterable[Flag]:
    """Who loads the page anew sees an image for longer than the protocol shows it."""
    if count:
        images = "1 image" if count == 1 else f"{count} images"
        yield Flag("again", f"Loaded {images} again before the answer")


def knowledge_noted(sessions: Sequence[Session]) -> dict[int, dict[str, Any]]:
    """What the log says last of what a rater could know, by the session."""
    events = Event.objects.filter(session__in=[one.pk for one in sessions], kind=MAY_KNOW)
    return dict(events.order_by("pk").values_list("session_id", "details"))


def may_know(session: Session, known: Mapping[int, dict[str, Any]]) -> Iterable[Flag]:
    """How many images, and in what they could be seen; nothing that tells who the rater is."""
    if not session.saw_images_possible:
        return
    told = known.get(session.pk)
    if not told:  # of a rater who was erased it is gone
        yield Flag("may-know", "May know the images")
        return
    # Of a study that has closed the ways are forgotten.
    ways = [words for way, words in WORDS.items() if way in told.get("ways", {})]
    yield Flag(
        "may-know",
        f"May know {told['images']} of {told['total']} images"
        + (f", from {get_text_list(ways, 'and')}" if ways else ""),
    )
