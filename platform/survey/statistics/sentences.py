"""What the figures of signal detection say, in sentences for people who do not know them."""

from __future__ import annotations

from dataclasses import dataclass

from survey.statistics.sdt import (
    Counts,
    criterion,
    d_prime,
    false_alarm_rate,
    hit_rate,
)
from survey.statistics.undefined import Undefined
from survey.statistics.verdict import MARGIN, Finding, Verdict

# Below it, one rater is told of no more than a slight lead or lean: half of one answer in ten.
SLIGHT = 0.25


def told_apart(counts: Counts, *, who: str) -> str:
    """Say how well one rater told real from artificial; descriptive, no test."""
    value = d_prime(counts)
    if isinstance(value, Undefined):
        return f"Whether {who} can tell them apart cannot be said. {value.reason}"
    if abs(value) < SLIGHT:
        return (
            f"In these answers {who} told them apart hardly or not at all "
            f"(d-prime {_plain(value)}; 0 is guessing)."
        )
    if value < 0:
        return (
            f"{_cap(who)} took artificial images for real and real ones for artificial more often "
            f"than a coin would (d-prime {value:.2f})."
        )
    how = "a little" if value < 0.75 else "in part" if value < 1.5 else "well"
    how = "almost always" if value >= 3 else how
    return f"{_cap(who)} told them apart {how} (d-prime {value:.2f}; 0 is guessing)."


def leaned(counts: Counts, *, who: str) -> str:
    """Say which answer came more easily to one rater."""
    value = criterion(counts)
    if isinstance(value, Undefined):
        return f"Which answer {who} leaned to cannot be said. {value.reason}"
    if abs(value) < SLIGHT:
        return f"Neither answer came much more easily (criterion {_signed(value)}; 0 is no lean)."
    side = "“real”" if value > 0 else "“artificial”"
    return f"When in doubt {who} said {side} (criterion {_signed(value)}; 0 is no lean)."


def pooled(counts: Counts) -> tuple[str, str]:
    """Say d-prime and criterion of all raters' answers together, as numbers.

    They stand under the verdict, which knows the interval. Words for how well or how little would
    be a second verdict, made from a point estimate, and could contradict the first.
    """
    told, lean = d_prime(counts), criterion(counts)
    first = (
        f"Of all raters together no d-prime can be given. {told.reason}"
        if isinstance(told, Undefined)
        else f"In these answers of all raters together d-prime was {_plain(told)} (log-linear; "
        "0 is guessing; below 0, artificial images are taken for real more often than real ones)."
    )
    second = (
        f"Nor can their criterion. {lean.reason}"
        if isinstance(lean, Undefined)
        else f"Their criterion was {_signed(lean)} (log-linear; 0 is no lean; above 0, “real” came "
        "more easily, below 0 “artificial”)."
    )
    return first, second


def fooled(counts: Counts) -> str:
    """Say the two rates in counts."""
    parts = []
    if not isinstance(hit_rate(counts), Undefined):
        parts.append(
            f"{counts.misses} of {counts.artificial} judgements of artificial images said “real”"
        )
    if not isinstance(false_alarm_rate(counts), Undefined):
        parts.append(f"{counts.false_alarms} of {counts.real} of real images said “artificial”")
    return ("; ".join(parts) + ".") if parts else "No image was judged."


@dataclass(frozen=True, slots=True, kw_only=True)
class _Words:
    """How the verdict on one task is said; `{names}` in it are filled in with figures."""

    others: str  # what is judged, of which nothing may be concluded
    right: str
    distinguishable: str
    hyper_real: str
    equivalent: str
    inconclusive: str


_IMAGES = _Words(
    others="images",
    right="they judge about {about} of 100 images rightly, both kinds counting alike, where "
    "guessing gives 50 (95 % interval {wide})",
    distinguishable="People like these raters can tell such artificial images from real ones: "
    "{right}.",
    hyper_real="People like these raters take such artificial images for real more often than "
    "real ones: {right}.",
    equivalent="People like these raters cannot tell such artificial images from real ones, to "
    "the margin that was set beforehand: of 100 images they judge {narrow} rightly (90 % "
    "interval), which lies within {margin}; guessing gives 50.",
    inconclusive="These answers do not settle whether such artificial images can be told from "
    "real ones: {right}. That is no evidence that they cannot.",
)
_PAIRS = _Words(
    others="pairs",
    right="they pick it in about {about} of 100 pairs, where guessing gives 50 (95 % interval "
    "{wide})",
    distinguishable="People like these raters can tell the artificial image of such pairs: "
    "{right}.",
    hyper_real="People like these raters take the artificial image of such pairs for the real one "
    "more often than not: {right}.",
    equivalent="People like these raters cannot tell the artificial image of such pairs, to the "
    "margin that was set beforehand: they pick it in {narrow} of 100 pairs (90 % interval), which "
    "lies within {margin}; guessing gives 50.",
    inconclusive="These answers do not settle whether people like these raters can tell the "
    "artificial image of such pairs: {right}. That is no evidence that they cannot.",
)


def verdict_sentence(
    finding: Finding | Undefined,
    accuracy: float | Undefined,
    interval95: tuple[float, float] | Undefined,
    interval90: tuple[float, float] | Undefined,
    *,
    margin: tuple[float, float] = MARGIN,
) -> str:
    """Say the verdict to somebody who has never heard of it; images are counted out of 100."""
    return _said(_IMAGES, finding, accuracy, interval95, interval90, margin)


def pairs_sentence(
    finding: Finding | Undefined,
    part_right: float | Undefined,
    interval95: tuple[float, float] | Undefined,
    interval90: tuple[float, float] | Undefined,
    *,
    margin: tuple[float, float] = MARGIN,
) -> str:
    """Say the verdict of pairs, a real image and an artificial one at once, counted out of 100."""
    return _said(_PAIRS, finding, part_right, interval95, interval90, margin)


def _said(
    words: _Words,
    finding: Finding | Undefined,
    value: float | Undefined,
    interval95: tuple[float, float] | Undefined,
    interval90: tuple[float, float] | Undefined,
    margin: tuple[float, float],
) -> str:
    if isinstance(finding, Undefined):
        return f"Nothing can be concluded for other raters and {words.others}. {finding.reason}"
    if (
        isinstance(value, Undefined)
        or isinstance(interval95, Undefined)
        or isinstance(interval90, Undefined)
    ):
        raise TypeError("a verdict comes with its estimate and its intervals")
    right = words.right.format(about=_of_100(value), wide=_range(interval95))
    said = {
        Verdict.DISTINGUISHABLE: words.distinguishable,
        Verdict.HYPER_REAL: words.hyper_real,
        Verdict.EQUIVALENT: words.equivalent,
        Verdict.INCONCLUSIVE: words.inconclusive,
    }[finding.verdict]
    told = said.format(right=right, narrow=_range(interval90), margin=_range(margin))
    if finding.by_less_than_margin:
        told += f" The difference is smaller than the margin that was set, {_range(margin)}."
    return told


def _of_100(part: float) -> str:
    return f"{100 * part:.0f}"


def _range(interval: tuple[float, float]) -> str:
    """One decimal: at none, an end just off 50 would read as guessing."""
    return f"{100 * interval[0]:.1f} to {100 * interval[1]:.1f}"


def _plain(value: float) -> str:
    return f"{round(value, 2) + 0.0:.2f}"


def _signed(value: float) -> str:
    return f"{round(value, 2) + 0.0:+.2f}"  # + 0.0: no "-0.00"


def _cap(text: str) -> str:
    return text[:1].upper() + text[1:]
