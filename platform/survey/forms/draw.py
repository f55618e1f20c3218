"""Drawing images by chance, balanced over what they show."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from survey.models import Answer, Stimulus
from survey.selectors.choices import Source


class DrawForm(forms.Form):
    """`counts` and `where` are what the draw takes."""

    sources = forms.MultipleChoiceField(
        label="From",
        help_text="Several generators and one set of real images: hold Ctrl to mark more than one.",
        widget=forms.SelectMultiple(attrs={"size": 6}),
    )
    artificial = forms.IntegerField(min_value=0, max_value=600, initial=16, label="Artificial")
    real = forms.IntegerField(min_value=0, max_value=600, initial=12, label="Real")
    use = forms.ChoiceField(
        choices=[
            (Stimulus.Use.MAIN, "In the study"),
            (Stimulus.Use.PRACTICE, "Practice, with feedback"),
        ],
        initial=Stimulus.Use.MAIN,
        label="Used for",
    )
    material = forms.CharField(
        required=False,
        max_length=80,
        label="Only this material",
        help_text="As the dataset has it; images of runs state none and are not sorted by it.",
    )
    shape = forms.CharField(
        required=False,
        max_length=40,
        label="Only this shape",
        help_text="Of runs, scenes that hold this shape alone.",
    )
    seed = forms.IntegerField(
        required=False,
        min_value=0,
        max_value=2**53,
        label="Seed",
        help_text="The same seed draws the same images.",
    )

    def __init__(self, *args: Any, sources: Sequence[Source], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        groups: dict[str, list[tuple[str, str]]] = {}
        for source in sources:
            groups.setdefault(source.group, []).append((source.key, source.label))
        field = self.fields["sources"]
        assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101
        field.choices = list(groups.items())

    @property
    def counts(self) -> dict[str, int]:
        return {str(truth): self.cleaned_data[truth] for truth in Answer.values}

    @property
    def where(self) -> dict[str, Any]:
        filters = {name: self.cleaned_data[name] for name in ("material", "shape")}
        return {"sources": self.cleaned_data["sources"], "filters": filters}
