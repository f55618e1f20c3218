"""How many simulated raters of which kind a dry run lets in."""

from __future__ import annotations

from typing import Any

from django import forms

from survey.services.dry_runs import MOST_RATERS, RATERS
from survey.simulated.minds import PROFILES

_ABOUT = {
    "random": "d-prime 0, criterion 0",
    "biased": "d-prime 0, criterion 0.8",
    "skilled": "d-prime 1.5, criterion 0",
    "constant": "“real”, attention items too",
    "fast": "about 0.2 s an image",
}


class DryRunForm(forms.Form):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, count in RATERS.items():
            self.fields[name] = forms.IntegerField(
                label=PROFILES[name].label,
                help_text=_ABOUT[name],
                min_value=0,
                max_value=MOST_RATERS,
                initial=count,
            )

    @property
    def raters(self) -> dict[str, int]:
        return {name: self.cleaned_data[name] for name in RATERS}
