"""The mixed model of raters and images."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from survey.report.content import Section, Table
from survey.report.words import defined, interval, number, p_value, why

Document = Mapping[str, Any]


def mixed_section(figures: Document) -> Section:
    model = figures.get("mixed_model")
    title = "Mixed model of raters and images"
    if model is None:
        return Section(title=title)
    if not defined(model):
        return Section(title=title, paragraphs=[f"It was not fitted: {why(model)}"])
    rows = [
        [words, number(model[name]), interval(model[name].get("interval95"), digits=2)]
        for name, words in (
            ("d_prime", "d-prime"),
            ("criterion", "Criterion"),
            ("balanced_accuracy", "Balanced accuracy of the average rater and image"),
            ("sd_rater_sensitivity", "SD of the raters' d-prime"),
            ("sd_rater_bias", "SD of the raters' criterion"),
            ("sd_image", "SD of the images' difficulty"),
        )
        if defined(model[name])
    ]
    return Section(
        title=title,
        paragraphs=[
            "Probit model with crossed random effects: each rater's sensitivity and lean, and each "
            "image's difficulty.",
            *model["notes"],
        ],
        tables=[
            Table(head=("", "Estimate", "95 % interval"), rows=rows, numbers=frozenset({1, 2})),
            *_contrasts(model),
        ],
    )


def _contrasts(model: Document) -> list[Table]:
    """Generators against each other: by this model also where answers are missing."""
    rows = [
        [
            f"{one['first']} less {one['second']}",
            number(one["d_prime"]),
            interval(one["d_prime"].get("interval95"), digits=2),
            p_value(one["p"]),
        ]
        for one in model["contrasts"]
    ]
    head = ("Difference in d-prime", "Value", "95 % interval", "p")
    note = "Below 0 the first is harder to tell. Not adjusted for the number of pairs."
    return [Table(head=head, rows=rows, numbers=frozenset({1, 2, 3}), note=note)] if rows else []
