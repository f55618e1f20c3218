"""A report as one HTML file that needs nothing beside it: figures are inside, no script is."""

from __future__ import annotations

import base64

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from survey.report.content import Report


def html_of(report: Report) -> str:
    sections = [
        {
            "title": section.title,
            "paragraphs": section.paragraphs,
            "tables": section.tables,
            "figures": [
                {"drawing": drawing, "svg": _inline(drawing.svg())} for drawing in section.drawings
            ],
            "images_words": section.images_words,
            "images": [
                {
                    "number": one.number,
                    "words": one.words,
                    "address": _address(one.png),
                    "height_address": _address(one.height_png) if one.height_png else "",
                    "real_number": one.real_number,
                    "real_address": _address(one.real_png) if one.real_png else "",
                }
                for one in section.images
            ],
        }
        for section in report.sections
    ]
    return render_to_string("survey/report.html", {"report": report, "sections": sections})


def _address(png: bytes) -> str:
    return f"data:image/png;base64,{base64.b64encode(png).decode()}"


def _inline(svg: str) -> SafeString:
    # Made by our own renderer, which escapes the texts of the rows.
    return mark_safe(svg)  # noqa: S308
