"""What the planner is asked: a design, the people and images that are expected, a margin."""

from __future__ import annotations

from typing import Any

from django import forms

from core.forms import with_default
from survey.protocol import PAIRS, YES_NO

MOST_ANSWERS = 200_000  # of one simulated study; 4,000 of them take about half a minute
# Raters x images where each rater judges a part: 800 bootstraps take three minutes or so.
MOST_OF_A_PART = 30_000

# Bals & Epple 2023, as `survey.statistics.planner` has it (which needs SciPy; pages do without).
PAPER: dict[str, float] = {
    "raters": 20,
    "artificial": 16,
    "real": 12,
    "d_prime": 1.344,
    "criterion": 0.672,
    "sd_image": 0.8,
    "sd_rater_sensitivity": 0.4,
    "sd_rater_bias": 0.5,
    "margin": 0.05,
}


def _spread(label: str, initial: float, help_text: str) -> forms.FloatField:
    return forms.FloatField(
        min_value=0, max_value=5, label=label, initial=initial, help_text=help_text, widget=_any()
    )


def _any() -> forms.NumberInput:
    return forms.NumberInput(attrs={"step": "any"})


class PlannerForm(forms.Form):
    """`cleaned_data` is the question of a `Planning`."""

    vary = with_default(
        forms.ChoiceField(
            required=False,
            choices=[
                ("", "What the design below can conclude"),
                ("raters", "How many raters it needs"),
                ("images", "How many images it needs, in the mix below"),
            ],
            label="What you want to know",
        )
    )
    goal = with_default(
        forms.ChoiceField(
            required=False,
            choices=[
                ("distinguishable", "“Distinguishable”, if raters are as expected"),
                ("equivalent", "“Equivalent”, if raters guess"),
            ],
            label="Needed for the verdict",
            help_text="Where you ask how many.",
        )
    )
    target = with_default(
        forms.FloatField(
            required=False,
            min_value=50,
            max_value=99,
            initial=80,
            label="In so many of a hundred studies",
            help_text="The power; 80 is usual.",
            widget=forms.NumberInput(attrs={"step": "1"}),
        )
    )
    task = with_default(
        forms.ChoiceField(
            required=False,
            choices=[
                (YES_NO, "One image at a time"),
                (PAIRS, "Pairs of the same content"),
            ],
            label="What raters see",
            help_text="Pairs take as many artificial as real images, and no criterion.",
        )
    )
    raters = forms.IntegerField(min_value=2, max_value=1000, initial=20, label="Raters")
    artificial = forms.IntegerField(
        min_value=2, max_value=5000, initial=50, label="Artificial images"
    )
    real = forms.IntegerField(min_value=2, max_value=5000, initial=50, label="Real images")
    images_per_rater = forms.IntegerField(
        required=False,
        min_value=2,
        max_value=10_000,
        label="Images (or pairs) for each rater",
        help_text="Empty: each judges all. Fewer conclude less; single images then take minutes to "
        "simulate.",
    )
    d_prime = forms.FloatField(
        min_value=-10,
        max_value=10,
        initial=1.0,
        label="Expected d-prime",
        help_text="Of the average rater: 0 is guessing, 1 is fair, 2 is good.",
        widget=_any(),
    )
    criterion = forms.FloatField(
        min_value=-10,
        max_value=10,
        initial=0.5,
        label="Expected criterion",
        help_text="Above 0: in doubt, raters say “real”. Pairs have none.",
        widget=_any(),
    )
    sd_image = _spread("Spread of images (SD)", 0.8, "How much images differ in how they look.")
    sd_rater_sensitivity = _spread(
        "Spread of raters in sensitivity (SD)", 0.4, "How much raters differ in skill."
    )
    sd_rater_bias = _spread(
        "Spread of raters in lean (SD)", 0.5, "How much their criteria differ. Pairs have none."
    )
    margin = forms.FloatField(
        min_value=0.01,
        max_value=0.25,
        initial=0.05,
        label="Margin about chance",
        help_text="“Equivalent” means: surely within 0.5 ± this.",
        widget=forms.NumberInput(attrs={"step": "0.01"}),
    )

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if not found.get("vary"):
            for name in ("vary", "goal", "target"):
                found.pop(name, None)  # they are no part of the question
        elif not self.errors:
            found["goal"] = found["goal"] or "distinguishable"
            found["target"] = found["target"] or 80.0
        of_pairs = found.get("task") == PAIRS
        if of_pairs:
            for name in ("criterion", "sd_rater_bias"):
                found.pop(name, None)  # of a pair both images are cut alike
        else:
            found.pop("task", None)  # as in questions of earlier versions
        sizes = [found.get(name) for name in ("raters", "artificial", "real")]
        if all(sizes):
            raters, artificial, real = (int(size or 0) for size in sizes)
            if of_pairs and artificial != real:
                self.add_error("real", "Pairs take as many real as artificial images.")
            shown = artificial if of_pairs else artificial + real
            if raters * shown > MOST_ANSWERS:
                self.add_error(
                    None,
                    f"That is {raters * shown:,} answers; the planner simulates studies of up to "
                    f"{MOST_ANSWERS:,}. Take fewer raters or images.",
                )
            self._of_a_part(found, raters=raters, shown=shown, of_pairs=of_pairs)
        return found

    def _of_a_part(self, found: dict[str, Any], *, raters: int, shown: int, of_pairs: bool) -> None:
        """Each rater judges a part of what is shown: simulated for one design, of limited size."""
        each = found.get("images_per_rater")
        noun = "pairs" if of_pairs else "images"
        if not each or each == shown:
            found.pop("images_per_rater", None)  # all: no part of the question
        elif each > shown:
            self.add_error("images_per_rater", f"The study has {shown} {noun}.")
        elif found.get("vary"):
            self.add_error(
                "vary",
                f"How many it needs is looked for with raters who judge all {noun}. Leave “Images "
                "(or pairs) for each rater” empty, or ask what one design can conclude.",
            )
        elif raters * shown > MOST_OF_A_PART:
            self.add_error(
                "images_per_rater",
                f"Where each rater judges a part of the {noun}, the planner simulates up to "
                f"{MOST_OF_A_PART:,} raters x {noun}; these are {raters * shown:,}.",
            )
