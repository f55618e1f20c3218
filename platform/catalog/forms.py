"""A dataset as people describe it."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.models import User
from catalog.models import Dataset, Kind
from core.access import Visibility


class DatasetForm(forms.Form):
    name = forms.CharField(max_length=120, help_text="What it shows, e.g. TiO2 on carbon.")
    kind = forms.ChoiceField(choices=Kind.choices, label="What is in it")
    description = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 3}), required=False, max_length=5000
    )
    source = forms.CharField(
        max_length=300,
        required=False,
        help_text="Who made the images, on which instrument, where they were published.",
    )
    licence = forms.CharField(max_length=120, required=False, help_text="E.g. CC BY 4.0.")
    visibility = forms.ChoiceField(choices=Visibility.choices, label="Who may see it")
    shared_with = forms.CharField(
        max_length=2000,
        required=False,
        label="Named people",
        help_text="User names with commas between; for sharing with named people.",
    )

    @classmethod
    def of(cls, dataset: Dataset, data: Any = None) -> DatasetForm:
        form = cls(
            data,
            initial={
                "name": dataset.name,
                "description": dataset.description,
                "source": dataset.source,
                "licence": dataset.licence,
                "visibility": dataset.visibility,
                "shared_with": ", ".join(
                    dataset.shared_with.order_by("username").values_list("username", flat=True)
                ),
            },
        )
        del form.fields["kind"]  # what real and artificial mean downstream must not flip
        return form

    def clean_shared_with(self) -> list[User]:
        names = {name.strip() for name in self.cleaned_data["shared_with"].split(",")} - {""}
        people = {user.username: user for user in User.objects.filter(username__in=names)}
        missing = sorted(names - set(people))
        if missing:
            raise forms.ValidationError(f"There is nobody named {', '.join(missing)} here.")
        return list(people.values())
