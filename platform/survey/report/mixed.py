"""The mixed model of raters and images."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from survey.report.content import Section, Table
from survey.report.words import defined, interval, number, p_value, reach, why

Document = Mapping[str, Any]
# So many of the most and of the least difficult images: a table of 300 is read by nobody.
ENDS = 20


def mixed_section(figures: Document) -> Section:
    model = figures.get("mixed_model")
    title = "Mixed model of raters and images"
    if model is None:
        return Section(title=title)
    if not defined(model):
        return Section(title=title, paragraphs=[f"It was not fitted: {why(model)}"])
    rows = [
        [words, number(model[name]), _ends(model[name])]
        for name, words in (
            ("d_prime", "d-prime of the average rater and image"),
            ("criterion", "Criterion of the average rater and image"),
            ("balanced_accuracy", "Balanced accuracy of a new rater on new images"),
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
            Table(
                head=("", "Estimate", "95 % interval"),
                rows=rows,
                numbers=frozenset({1, 2}),
                note="The accuracy allows for the spread of raters and images, which d-prime and "
                "criterion leave out: it compares with the primary result.",
            ),
            *_arms(model),
            *_contrasts(model),
            *_raters(model),
            *_images(model),
        ],
    )


def _ends(found: Document) -> str:
    """A spread at its bound has no interval: the model left it out."""
    return interval(found.get("interval95"), digits=2) or "none: set to 0"


def _arms(model: Document) -> list[Table]:
    """Each generator against the real images, where there are several."""
    if len(model["arms"]) < 2:
        return []
    rows = [
        [
            one["name"],
            *(
                f"{number(one[key])} ({reach(one[key].get('interval95'), digits=2)})"
                for key in ("d_prime", "criterion", "balanced_accuracy")
            ),
        ]
        for one in model["arms"]
    ]
    return [
        Table(
            head=("Generator (95 % intervals)", "d-prime", "Criterion", "Balanced accuracy"),
            rows=rows,
            numbers=frozenset({1, 2, 3}),
        )
    ]


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


def _raters(model: Document) -> list[Table]:
    """Skill and lean of each rater as the model sees them."""
    rows = [
        [str(one["rater"]), number(one["d_prime"]), number(one["criterion"])]
        for one in model["raters"]
    ]
    return [
        Table(
            head=("Rater", "d-prime", "Criterion"),
            rows=rows,
            numbers=frozenset({1, 2}),
            summary="Skill and lean of each rater, by the model",
            note="Drawn towards the average, the more so the less a rater's own answers say; "
            "without intervals.",
        )
    ]


def _images(model: Document) -> list[Table]:
    """Difficulty of each image, the most difficult first; none where their spread is 0."""
    if not any(one["difficulty"] for one in model["images"]):
        return []
    ranked = sorted(model["images"], key=lambda one: -one["difficulty"])
    is_cut = len(ranked) > 2 * ENDS
    shown = [*ranked[:ENDS], *ranked[-ENDS:]] if is_cut else ranked
    rows = [
        [
            str(one["image"]),
            one["arm"] or "real",
            number(one["difficulty"]),
            number(one["lean"]),
        ]
        for one in shown
    ]
    cut = (
        f"The {ENDS} most and the {ENDS} least difficult of {len(ranked)}; all are in the file of "
        "figures (JSON). "
        if is_cut
        else ""
    )
    return [
        Table(
            head=("Image", "What it is", "Difficulty", "Looks artificial"),
            rows=rows,
            numbers=frozenset({2, 3}),
            summary="Difficulty of each image, by the model",
            note=f"{cut}Against other images of its kind, in units of d-prime, 0 is the average. "
            "Difficulty above 0: judged wrongly more often. Looks above 0: called artificial more "
            "often.",
        )
    ]
