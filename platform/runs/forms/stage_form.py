"""The form of a stage: its inputs, the fields that matter first, all others folded away."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.db import transaction

from accounts.models import User
from catalog.errors import CatalogError
from pipeline import codec
from runs.errors import RunRefused
from runs.forms.fields import form_field
from runs.forms.groups import grouped
from runs.forms.inputs import input_ref, value_of
from runs.forms.stage_fields import device_field, input_field, split_field
from runs.forms.starts import Start
from runs.models import Run
from runs.routing import GPU_STAGES
from runs.services import InputRef, input_refs, run_start
from runs.specs import path_fields, spec_class
from runs.stages import PREDICT, StageInfo

# Set by the form itself (device), or of no use here (threads: the worker's own).
_LEFT_OUT = {"device", "threads"}


class StageForm(forms.Form):
    """Made from the spec of a stage; `start` starts the run or puts the refusal at its field."""

    name = forms.CharField(max_length=120, required=False, help_text="To find it again.")

    def __init__(
        self,
        info: StageInfo,
        user: User,
        *args: Any,
        like: Run | None = None,
        start: Start | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.info, self.user, self.like = info, user, like
        self.input_names: list[str] = []
        self.first_names: list[str] = []
        self.more_names: list[str] = []
        self.changed_names: set[str] = set()  # those that do not start from their defaults
        many = {name for name, found in path_fields(info.stage).items() if found.many}
        for name, source in info.inputs.items():
            self._add_input(name, input_field(source, user=user, many=name in many))
            if source.datasets:
                self._add_input(f"{name}_split", split_field(source))
        for field in codec.fields_of(spec_class(info.stage)):
            if field.param.path or field.name in _LEFT_OUT:
                continue
            self.fields[field.name] = form_field(field)
            (self.first_names if field.name in info.first else self.more_names).append(field.name)
        if info.stage in GPU_STAGES or info.stage == PREDICT:
            values: dict[str, Any] = {
                field.name: field.default
                for field in codec.fields_of(spec_class(info.stage))
                if not field.required
            }
            values.update(start.spec if start else like.spec if like else {})
            self.fields["run_device"] = device_field(info.stage, values)
        self.order_fields(["name", *self.input_names, *info.first])
        if start is not None:
            self.initial.update(start.spec)
            self.changed_names = set(start.spec)
        if like is not None:
            self._start_from(like)

    # ---- parts of the page -----------------------------------------------------------------------

    def of(self, names: Sequence[str]) -> list[forms.BoundField]:
        return [self[name] for name in names]

    @property
    def first_fields(self) -> list[forms.BoundField]:
        ordered = sorted(self.first_names, key=self.info.first.index)
        device = ["run_device"] if "run_device" in self.fields else []
        return self.of([*self.input_names, *ordered, *device, "name"])

    @property
    def more_groups(self) -> list[tuple[str, list[forms.BoundField]]]:
        return [
            (title, self.of(names)) for title, names in grouped(self.info.stage, self.more_names)
        ]

    @property
    def more_is_open(self) -> bool:
        """Folded fields are unfolded where one of them is wrong, or does not start as usual."""
        return any(self[name].errors or name in self.changed_names for name in self.more_names)

    # ---- work ------------------------------------------------------------------------------------

    def start(self) -> Run | None:
        """Start what the valid form asks for; None where it was refused, told at the field."""
        values = self.cleaned_data
        spec = {
            name: values[name]
            for name in (*self.first_names, *self.more_names)
            if values[name] is not None
        }
        try:
            with transaction.atomic():
                return run_start(
                    owner=self.user,
                    stage=self.info.stage,
                    spec=spec,
                    inputs=self._inputs(),
                    name=values["name"] or self.info.title,
                    device=values.get("run_device") or "auto",
                    cloned_from=self.like,
                )
        except RunRefused as refused:
            self._tell(refused)
        except CatalogError as refused:
            self.add_error(None, str(refused))
        return None

    def _inputs(self) -> list[InputRef]:
        found = []
        for name, source in self.info.inputs.items():
            given = self.cleaned_data[name]
            split = self.cleaned_data.get(f"{name}_split", "")
            for position, value in enumerate(given if isinstance(given, list) else [given]):
                if value:
                    found.append(
                        input_ref(
                            field=name,
                            value=value,
                            source=source,
                            user=self.user,
                            split=split,
                            position=position,
                        )
                    )
        return found

    def _tell(self, refused: RunRefused) -> None:
        name = re.split(r"[.\[]", refused.field)[0]
        name = "run_device" if name == "device" else name
        self.add_error(name if name in self.fields else None, refused.sentence)

    def _add_input(self, name: str, field: forms.Field) -> None:
        self.fields[name] = field
        self.input_names.append(name)

    def _start_from(self, run: Run) -> None:
        self.initial["name"] = run.name
        self.initial |= run.spec
        for field in codec.fields_of(spec_class(run.stage)):
            if run.spec.get(field.name) != codec.to_jsonable(field.default):
                self.changed_names.add(field.name)
        self.initial["run_device"] = "cpu" if run.device == "cpu" else "auto"
        for ref in input_refs(run):
            value = value_of(ref)
            if ref.field not in self.fields or not value:
                continue
            if isinstance(self.fields[ref.field], forms.MultipleChoiceField):
                self.initial.setdefault(ref.field, []).append(value)
            else:
                self.initial[ref.field] = value
            self.initial[f"{ref.field}_split"] = ref.split
