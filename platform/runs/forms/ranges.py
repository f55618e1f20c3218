"""A range, low to high: two narrow boxes of one name."""

from __future__ import annotations

from typing import Any

from django import forms

from runs.labels import number_text


class RangeInput(forms.Widget):
    """Both boxes have the field's name, so the value is a list of what they hold."""

    template_name = "runs/partials/range_input.html"
    use_fieldset = True

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        low, high = [*self.parts(value), "", ""][:2]
        context["widget"] |= {"low": low, "high": high}
        return context

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        return data.getlist(name) if hasattr(data, "getlist") else data.get(name)

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return name not in data

    def id_for_label(self, id_: str, index: str | None = None) -> str:
        return f"{id_}_low" if id_ else id_

    @staticmethod
    def parts(value: Any) -> list[str]:
        """What stands in the boxes; a single text may hold both, separated by a comma."""
        given = value if isinstance(value, list | tuple) else [value]
        texts = [number_text(one) if isinstance(one, float) else str(one or "") for one in given]
        return [part.strip() for text in texts for part in text.replace(";", ",").split(",")]


class RangeField(forms.Field):
    """Two numbers, the first not above the second."""

    widget = RangeInput

    def __init__(
        self, *, convert: type, low: float | None = None, high: float | None = None, **kwargs: Any
    ) -> None:
        self._convert, self._low, self._high = convert, low, high
        super().__init__(template_name="runs/partials/range_field.html", **kwargs)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        bounds = {"min": self._low, "max": self._high}
        attrs = {name: number_text(bound) for name, bound in bounds.items() if bound is not None}
        return attrs | {"step": "1" if self._convert is int else "any"}

    def prepare_value(self, value: Any) -> Any:
        return RangeInput.parts(value) if isinstance(value, list | tuple) else value

    def to_python(self, value: Any) -> Any:
        parts = [part for part in RangeInput.parts(value) if part]
        if not parts:
            return None
        kind = "whole numbers" if self._convert is int else "numbers"
        try:
            values = [self._convert(part) for part in parts]
        except ValueError:
            raise forms.ValidationError(f"Write two {kind}: low, high.") from None
        if len(values) != 2:
            raise forms.ValidationError(f"Write two {kind}: low, high.")
        return values

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value is not None and not value[0] <= value[1]:
            raise forms.ValidationError("The first number must not be above the second.")

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(RangeInput.parts(initial) != RangeInput.parts(data))
