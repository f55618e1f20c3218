"""How many simulated raters of which kind a dry run lets in."""

from __future__ import annotations

from typing import Any

from django import forms

from survey.services.dry_runs import MOST_RATERS, RATERS

_TOLD = {
    "random": ("Guessing", "d-prime 0, criterion 0"),
    "biased": ("Leaning to “real”", "d-prime 0, criterion 0.8"),
    "skilled": ("Skilled", "d-prime 1.5, criterion 0"),
    "constant": ("One answer to everything", "“real”, attention items too"),
    "fast": ("Too fast", "about 0.2 s an image"),
}
NAMES = {name: label for name, (label, _) in _TOLD.items()}


class DryRunForm(forms.Form):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, count in RATERS.items():
            label, about = _TOLD[name]
            self.fields[name] = forms.IntegerField(
                label=label, help_text=about, min_value=0, max_value=MOST_RATERS, initial=count
            )

    @property
    def raters(self) -> dict[str, int]:
        return {name: self.cleaned_data[name] for name in RATERS}
