"""Figures of signal detection as text; what is undefined says so."""

from django import template

from survey.facts import UNKNOWN, facts_of
from survey.models import Stimulus
from survey.statistics.undefined import Figure, Undefined

register = template.Library()


@register.filter
def figure(value: Figure, digits: int = 2) -> str:
    if isinstance(value, Undefined):
        return "undefined"
    return f"{round(value, digits) + 0.0:.{digits}f}"  # + 0.0: nobody reads "-0.00"


@register.filter
def part(value: Figure) -> str:
    return "undefined" if isinstance(value, Undefined) else f"{value:.0%}".replace("%", " %")


@register.filter
def with_error(found: dict[str, float] | None) -> str:
    """A part of 1 with its standard error, both in per cent and without the sign."""
    if found is None:
        return "undefined"
    return f"{100 * found['value']:.1f} ± {100 * found['se']:.1f}"


@register.filter
def reason(value: Figure) -> str:
    """Why a figure is undefined; empty where it is not."""
    return value.reason if isinstance(value, Undefined) else ""


@register.filter
def times(value: float, factor: int) -> str:
    """For a place in a drawing."""
    return f"{value * factor:.1f}"


@register.filter
def shows(stimulus: Stimulus) -> str:
    """Shape and material of an image, as far as they are known."""
    return ", ".join(fact for fact in facts_of(stimulus) if fact != UNKNOWN)


@register.filter
def seconds(value_ms: float) -> str:
    return f"{value_ms / 1000:.1f} s"
