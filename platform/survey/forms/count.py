from __future__ import annotations

from typing import Any

from django import forms


class Count(forms.IntegerField):
    """A number of which none and nothing said are the same."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=0, required=False, **{"initial": 0, **kwargs})

    def clean(self, value: Any) -> int:
        return int(super().clean(value) or 0)
