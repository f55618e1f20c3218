"""What a rater's browser sends, checked."""

from __future__ import annotations

import json
import math
import re
from typing import Any
from uuid import UUID

from survey.models import Answer
from survey.services.answers import Payload

LONGEST_BYTES, MOST_ZOOMS, LONGEST_MS = 20_000, 200, 7 * 86_400_000
MOST_DIGITS = 16
LONGEST_REASON, MOST_REGIONS, LARGEST_PX, MOST_BLURS = 500, 20, 100_000, 1000
_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,43}")


class BadPayload(ValueError):
    """Its text names the field."""


def answer_from(body: bytes) -> tuple[str, Payload]:
    """The presentation's token and the answer."""
    sent = parsed(body)
    try:
        client_id = UUID(str(sent.get("client_id")))
    except ValueError:
        raise BadPayload("client_id is not a UUID") from None
    if sent.get("decision") not in Answer.values:
        raise BadPayload("decision is not real or artificial")
    if type(sent.get("confidence")) is not int or not 1 <= sent["confidence"] <= 3:
        raise BadPayload("confidence is not 1, 2 or 3")
    return token_in(sent), Payload(
        client_id=client_id,
        decision=sent["decision"],
        confidence=sent["confidence"],
        response_ms=_ms(sent, "response_ms"),
        confirm_ms=_ms(sent, "confirm_ms"),
        since_shown_ms=_ms(sent, "since_shown_ms"),
        changes=min(int(_ms(sent, "changes") or 0), 1000),
        exposure_ms=_ms(sent, "exposure_ms"),
        reason=_reason(sent.get("reason", "")),
        regions=_regions(sent.get("regions", [])),
        seen_before=_seen_before(sent.get("seen_before")),
        blurs=min(int(_ms(sent, "blurs") or 0), MOST_BLURS),
        screen=_screen(sent.get("screen")),
        again=sent.get("again") is True,
        hidden_ms=min(_ms(sent, "hidden_ms", longest=math.inf) or 0, LONGEST_MS),
        zooms=_zooms(sent.get("zooms", [])),
    )


def screen_from(form: Any) -> dict[str, float]:
    """Viewport and pixel ratio from the form that begins; what is missing is left out."""
    told = {}
    for name in ("width", "height", "ratio"):
        try:
            value = float(form.get(name, ""))
        except (TypeError, ValueError):
            continue
        if math.isfinite(value) and 0 < value < 100_000:
            told[name] = value
    return told


def parsed(body: bytes) -> dict[str, Any]:
    if len(body) > LONGEST_BYTES:
        raise BadPayload("that is too long for an answer")
    try:
        sent = json.loads(body, parse_int=_number)
    except (ValueError, RecursionError):
        raise BadPayload("that is not JSON") from None
    if not isinstance(sent, dict):
        raise BadPayload("an object is expected")
    return sent


def token_in(sent: dict[str, Any]) -> str:
    """The presentation's token; empty where no presentation can have it."""
    token = str(sent.get("token", ""))
    return token if _TOKEN.fullmatch(token) else ""


def _number(digits: str) -> int | float:
    """A whole number; one that no field takes becomes infinite instead of a thing without end."""
    return int(digits) if len(digits) < MOST_DIGITS else float(digits + "e999")


def _ms(sent: dict[str, Any], name: str, *, longest: float = LONGEST_MS) -> float | None:
    """A time; None where there is none, or one so long that nobody sat before the image."""
    value = sent.get(name)
    if value is None:
        return None
    if type(value) not in (int, float) or not math.isfinite(value) or value < 0:
        raise BadPayload(f"{name} is not a time in ms")
    # A tab that lay open over the holidays loses no answer.
    return round(float(value), 1) if value <= longest else None


def _zooms(value: Any) -> tuple[tuple[float, float], ...]:
    if not isinstance(value, list):
        raise BadPayload("zooms is not a list")
    try:
        zooms = tuple((float(at), float(scale)) for at, scale in value[:MOST_ZOOMS])
    except (TypeError, ValueError):
        raise BadPayload("zooms holds something else than pairs of numbers") from None
    if not all(math.isfinite(number) for zoom in zooms for number in zoom):
        raise BadPayload("zooms holds a number that is none")
    return zooms


def _reason(value: Any) -> str:
    if not isinstance(value, str):
        raise BadPayload("reason is not a text")
    if len(value.strip()) > LONGEST_REASON:
        raise BadPayload(f"reason is longer than {LONGEST_REASON} characters")
    # PostgreSQL stores no NUL, and half a character (an emoji that was cut) is none.
    return value.strip().replace("\0", "").encode("utf-8", "replace").decode()


def _regions(value: Any) -> tuple[tuple[float, float, float, float], ...]:
    if not isinstance(value, list):
        raise BadPayload("regions is not a list")
    if len(value) > MOST_REGIONS:
        raise BadPayload(f"regions holds more than {MOST_REGIONS} boxes")
    return tuple(_region(one) for one in value)


def _region(one: Any) -> tuple[float, float, float, float]:
    numbers = isinstance(one, list) and all(type(number) in (int, float) for number in one)
    if not numbers or len(one) != 4:
        raise BadPayload("regions holds something else than [x, y, width, height]")
    if not all(math.isfinite(number) and 0 <= number <= LARGEST_PX for number in one):
        raise BadPayload("regions holds a box outside the image")
    x, y, width, height = (round(float(number), 1) for number in one)
    if not width or not height:
        raise BadPayload("regions holds a box without an area")
    return x, y, width, height


def _screen(value: Any) -> tuple[float, ...]:
    told = screen_from(value) if isinstance(value, dict) else {}
    return tuple(told.values()) if len(told) == 3 else ()


def _seen_before(value: Any) -> bool | None:
    if value is not None and type(value) is not bool:
        raise BadPayload("seen_before is not true, false or null")
    return value
