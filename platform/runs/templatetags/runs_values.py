"""Values of runs as people read them."""

from typing import Any

from django import template

from runs import labels
from runs.parameters import value_text as as_text

register = template.Library()


@register.filter
def words(name: str) -> str:
    """`found_over_true` and `segment/loss` as words."""
    return labels.words(name)


@register.filter
def label(parameter: str) -> str:
    return labels.label_of(parameter)


@register.filter
def figure(value: Any) -> str:
    """A figure with no more digits than it deserves."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        return as_text(value)
    if float(value).is_integer() and abs(value) < 1e15:
        return f"{int(value):,}"
    return f"{value:.3f}" if 1e-3 <= abs(value) < 1000 else f"{value:.4g}"


@register.filter
def at(found: dict[int, Any], key: int) -> Any:
    return found.get(key, "")


@register.filter
def value_text(value: Any) -> str:
    return as_text(value)
