"""Forms in the house style: `{{ form }}` and `{{ form.x.as_field_group }}` use our components."""

from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from django import forms
from django.conf import settings
from django.forms.renderers import DjangoTemplates

FieldT = TypeVar("FieldT", bound=forms.Field)


class HouseRenderer(DjangoTemplates):
    form_template_name = "components/form.html"
    field_template_name = "components/field.html"

    @cached_property
    def engine(self) -> Any:
        widgets = Path(forms.__file__).parent / "templates"
        return self.backend(
            {
                "APP_DIRS": False,
                "DIRS": [settings.ROOT / "templates", widgets],
                "NAME": "forms",
                "OPTIONS": {},
            }
        )


def with_unit(field: FieldT, unit: str) -> FieldT:
    """Show a unit behind the field: `nm_per_px = with_unit(forms.FloatField(), "nm/px")`."""
    field.unit = unit  # type: ignore[attr-defined]
    return field


def with_default(field: FieldT) -> FieldT:
    """Do not call a field optional that has an answer already, where nothing is said."""
    field.has_default = True  # type: ignore[attr-defined]
    return field
