"""Form fields made from the fields of a spec: bounds, units and help come from the contract."""

from __future__ import annotations

from typing import Any, Literal, get_args, get_origin

from django import forms

from core.forms import with_unit
from pipeline import codec
from pipeline.codec import FieldInfo
from runs.forms.ranges import RangeField
from runs.labels import label_of, number_text


class NumberField(forms.FloatField):
    """A number shown as it was typed: 7, not 7.0."""

    def prepare_value(self, value: Any) -> Any:
        return number_text(value) if isinstance(value, float) else value


class ListField(forms.CharField):
    """Several values in one line, separated by commas."""

    def __init__(self, *, convert: type, length: int | None, **kwargs: Any) -> None:
        self._convert, self._length = convert, length
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, list | tuple):
            return ", ".join(
                number_text(one) if isinstance(one, float) else str(one) for one in value
            )
        return value

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        parts = [part for part in str(text or "").replace(";", ",").split(",") if part.strip()]
        if not parts:
            return None
        try:
            values = [self._convert(part.strip()) for part in parts]
        except ValueError:
            kind = "whole numbers" if self._convert is int else "numbers"
            raise forms.ValidationError(f"Write {kind}, separated by commas.") from None
        if self._length is not None and len(values) != self._length:
            raise forms.ValidationError(f"Write {self._length} values, separated by commas.")
        return values


class ManyField(forms.CharField):
    """Words of a fixed set, separated by commas; a word twice counts twice."""

    def __init__(self, *, words: tuple[str, ...], **kwargs: Any) -> None:
        self._words = words
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list | tuple) else value

    def to_python(self, value: Any) -> Any:
        text = str(super().to_python(value) or "")
        given = [part.strip().replace(" ", "_") for part in text.split(",") if part.strip()]
        for word in given:
            if word not in self._words:
                raise forms.ValidationError(f"{word} is not one of {', '.join(self._words)}.")
        return given


def form_field(info: FieldInfo) -> forms.Field:
    """The form field of one spec field, with its default as initial value."""
    optional = codec.optional_inner(info.type)
    hint = optional or info.type
    common: dict[str, Any] = {
        "label": label_of(info.name),
        "help_text": _help(info, hint, optional=optional is not None),
        "initial": codec.to_jsonable(info.default),
        "required": optional is None and hint is not bool and hint is not str,
    }
    return with_unit(_field(hint, info, common), info.param.unit)


def _field(hint: Any, info: FieldInfo, common: dict[str, Any]) -> forms.Field:
    param = info.param
    low, high = _first(param.ge, param.gt), _first(param.le, param.lt)
    if hint is bool:
        return forms.BooleanField(**common)
    if hint is int:
        return forms.IntegerField(
            min_value=None if low is None else int(low),
            max_value=None if high is None else int(high),
            **common,
        )
    if hint is float:
        widget = forms.NumberInput(attrs={"step": "any"})
        return NumberField(min_value=low, max_value=high, widget=widget, **common)
    if get_origin(hint) is Literal:
        choices = get_args(hint)
        return forms.TypedChoiceField(
            choices=[(one, str(one)) for one in choices],
            coerce=lambda text: type(choices[0])(text),
            **common,
        )
    if get_origin(hint) is tuple:
        args = get_args(hint)
        if get_origin(args[0]) is Literal:
            return ManyField(words=get_args(args[0]), **common)
        if param.ordered:
            return RangeField(convert=args[0], low=low, high=high, **common)
        length = None if args[-1] is Ellipsis else len(args)
        return ListField(convert=args[0], length=length, **common)
    return forms.CharField(max_length=300, **common)


def _help(info: FieldInfo, hint: Any, *, optional: bool) -> str:
    said = info.param.help
    if said.rstrip(".").lower() == label_of(info.name).lower():
        said = ""
    if get_origin(hint) is tuple and get_origin(get_args(hint)[0]) is Literal:
        said += f" Of: {', '.join(get_args(get_args(hint)[0]))}."
    if optional:
        said += " May stay empty."
    return said.strip()


def _first(*bounds: float | None) -> float | None:
    return next((bound for bound in bounds if bound is not None), None)
