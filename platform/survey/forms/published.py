"""The five numbers of a published summary."""

from __future__ import annotations

from django import forms

MOST = 100_000
# Bals & Epple 2023.
EXAMPLE = {
    "n_artificial": 16,
    "n_real": 12,
    "readers": 20,
    "mean_hits": 8,
    "mean_false_alarms": 2,
}


class PublishedForm(forms.Form):
    """`cleaned_data` is what `survey.statistics.published.reanalyse` takes."""

    n_artificial = forms.IntegerField(min_value=1, max_value=MOST, label="Artificial images")
    n_real = forms.IntegerField(min_value=1, max_value=MOST, label="Real images")
    readers = forms.IntegerField(min_value=1, max_value=MOST, label="Raters")
    mean_hits = forms.FloatField(
        min_value=0,
        max_value=MOST,
        label="Artificial images called artificial",
        help_text="By the average rater, as a number of images.",
        widget=forms.NumberInput(attrs={"step": "any"}),
    )
    mean_false_alarms = forms.FloatField(
        min_value=0,
        max_value=MOST,
        label="Real images called artificial",
        help_text="By the average rater, as a number of images.",
        widget=forms.NumberInput(attrs={"step": "any"}),
    )

    def clean(self) -> dict[str, float]:
        found = super().clean() or {}
        for part, whole, kind in (
            ("mean_hits", "n_artificial", "artificial"),
            ("mean_false_alarms", "n_real", "real"),
        ):
            most = found.get(whole)
            if most is not None and found.get(part, 0) > most:
                self.add_error(part, f"There are only {most} {kind} images.")
        return found
