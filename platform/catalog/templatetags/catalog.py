"""Links to apps that may not be there, and numbers as a curator reads them."""

from typing import Any

from django import template
from django.urls import NoReverseMatch, reverse

register = template.Library()


@register.simple_tag
def url_if_any(name: str, *arguments: Any) -> str:
    """The address of a page of another app; empty where that app has none."""
    try:
        return reverse(name, args=arguments)
    except NoReverseMatch:
        return ""


@register.filter
def nm_per_px(value: float | None) -> str:
    """Four significant digits: more than a scale bar ever gives."""
    return "" if value is None else f"{value:.4g} nm/px"


@register.filter
def counted(number: int, noun: str) -> str:
    """1 image, 2,000 images."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
