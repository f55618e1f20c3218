"""Quantities as people read them, with units and no more digits than they deserve."""

from django import template

register = template.Library()


@register.filter
def duration(seconds: float) -> str:
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes} min {rest:02d} s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02d} min"


@register.filter
def roughly(seconds: float) -> str:
    """Time left is a guess; it is not told to the second."""
    if seconds < 60:
        return "less than a minute"
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"about {minutes} min"
    hours, minutes = divmod(minutes, 60)
    return f"about {hours} h {minutes:02d} min"


@register.filter
def units(unit: str, count: int) -> str:
    """A stage names its unit in the singular: 1 scene, 24 scenes."""
    return unit if count == 1 or not unit or unit.endswith("s") else unit + "s"
