"""A figure as the file that is asked for."""

from __future__ import annotations

from collections.abc import Callable

from django.http import Http404, HttpResponse

from survey.figures.drawing import Drawing

KINDS = {"svg": "image/svg+xml", "png": "image/png", "csv": "text/csv; charset=utf-8"}


def figure_response(drawing: Drawing, kind: str) -> HttpResponse:
    """Raises Http404 for another kind than svg, png and csv."""
    if kind not in KINDS:
        raise Http404("There is no such figure.")
    makers: dict[str, Callable[[], str | bytes]] = {
        "svg": drawing.svg,
        "png": drawing.png,
        "csv": drawing.csv,
    }
    return sent_as(makers[kind](), drawing.name, kind)


def sent_as(made: str | bytes, name: str, kind: str) -> HttpResponse:
    return HttpResponse(
        made,
        content_type=KINDS[kind],
        headers={"Content-Disposition": f'inline; filename="{name}.{kind}"'},
    )
