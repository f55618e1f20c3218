"""Parts of the interface that need a little thought; docs/interface.md shows how each is used."""

from __future__ import annotations

import uuid
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from core.once import FIELD

register = template.Library()

_SHAPES = {
    "▶": {"running", "storing", "open", "started"},
    "✓": {"done", "succeeded", "accepted", "finished", "success", "frozen"},
    "✕": {"failed", "rejected", "error"},
    "!": {"warnings", "warning", "lost"},
    "◷": {"waiting", "queued", "pending"},
    "○": {"draft", "private", "debug"},
    "◐": {"shared"},
    "●": {"lab", "active"},
    "i": {"info"},
}
_SHAPE_OF = {status: shape for shape, names in _SHAPES.items() for status in names}


@register.filter
def shape(status: str) -> str:
    """Tell states apart without colour: the sign that stands before the word."""
    return _SHAPE_OF.get(str(status), "■")


@register.simple_tag
def once() -> SafeString:
    """A form's own key: sent twice, it does its work once (`core.once`)."""
    return format_html('<input type="hidden" name="{}" value="{}">', FIELD, uuid.uuid4().hex)


@register.simple_tag(takes_context=True)
def current(context: template.Context, place: str) -> SafeString:
    """Mark a link of the rail: the page itself, or the app that the page belongs to.

    `place` is a namespace ("catalog"), a URL's name ("accounts:profile"), or a page of an app that
    has a link of its own ("simulate").
    """
    match = getattr(context.get("request"), "resolver_match", None)
    if match is None:
        return SafeString()
    own = _PLACES_OF_THEIR_OWN.get((match.view_name, match.kwargs.get("stage", "")))
    if own is not None:
        return format_html(' aria-current="{}"', "page") if place == own else SafeString()
    if place == match.view_name or (place == match.namespace and match.url_name in _FIRST_PAGES):
        return format_html(' aria-current="{}"', "page")
    if place == match.namespace or match.view_name.startswith(f"{place}-"):
        return format_html(' aria-current="{}"', "true")  # the page lies below the link's own
    return SafeString()


_FIRST_PAGES = {"index", "home"}
_PLACES_OF_THEIR_OWN = {("runs:new-stage", "simulate"): "simulate"}


@register.inclusion_tag("components/crumbs.html")
def crumbs(*labels_and_urls: Any) -> dict[str, Any]:
    """Show the way here: `{% crumbs "Datasets" index_url dataset.name dataset_url "Image" %}`."""
    pairs, rest = divmod(len(labels_and_urls), 2)
    return {
        "crumbs": [
            {"label": labels_and_urls[2 * i], "url": labels_and_urls[2 * i + 1]}
            for i in range(pairs)
        ],
        "here": labels_and_urls[-1] if rest else "",
    }


@register.inclusion_tag("components/tabs.html")
def tabs(*labels_and_urls: Any, current: str, name: str = "") -> dict[str, Any]:
    """Show parts of a page, each with an address: `{% tabs "Metrics" url current="Metrics" %}`."""
    pairs = zip(labels_and_urls[::2], labels_and_urls[1::2], strict=True)
    shown = [{"label": label, "url": url} for label, url in pairs if url]
    return {"tabs": shown, "current": current, "name": name}


@register.inclusion_tag("components/scale_bar.html")
def scale_bar(width_px: int, height_px: int, nm_per_px: float) -> dict[str, Any]:
    """Draw a bar of a round length over an image; it scales with the image."""
    length_nm = round_length_nm(width_px * nm_per_px / 5)
    bar = length_nm / nm_per_px
    unit = min(width_px, height_px) / 100
    x, y = width_px - bar - 4 * unit, height_px - 6 * unit
    return {
        "width": width_px,
        "height": height_px,
        "label": length_label(length_nm),
        "x": f"{x:.1f}",
        "y": f"{y:.1f}",
        "bar": {"width": f"{bar:.1f}", "height": f"{2 * unit:.1f}"},
        "stroke": f"{0.3 * unit:.2f}",
        "text_x": f"{x + bar / 2:.1f}",
        "text_y": f"{y - 1.5 * unit:.1f}",
        "font_size": f"{6 * unit:.1f}",
        "text_stroke": f"{unit:.2f}",
    }


def round_length_nm(about_nm: float) -> float:
    """Give the longest of 1, 2, 5, 10, 20, 50 ... nm that is no longer than `about_nm`."""
    decade = 1.0
    while decade > about_nm:
        decade /= 10
    while decade * 10 <= about_nm:
        decade *= 10
    return max(step * decade for step in (1, 2, 5) if step * decade <= about_nm)


def length_label(length_nm: float) -> str:
    if length_nm >= 1e6:
        return f"{length_nm / 1e6:g} mm"
    return f"{length_nm / 1e3:g} µm" if length_nm >= 1e3 else f"{length_nm:g} nm"
