"""The form of a stage: its inputs, the fields that matter first, all others folded away."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.db import transaction

from accounts.models import User
from catalog.errors import CatalogError
from catalog.models import Split
from pipeline import codec
from runs.errors import RunRefused
from runs.forms.fields import form_field
from runs.forms.inputs import input_choices, input_ref, value_of
from runs.models import Run
from runs.routing import gpu_listens
from runs.services import InputRef, input_refs, run_start
from runs.specs import path_fields, spec_class
from runs.stages import StageInfo

# Set by the form itself (device), or of no use here (threads: the worker's own).
_LEFT_OUT = {"device", "threads"}
_SPLITS = [("", "All images"), *((s.value, s.label) for s in Split if s.value)]


class StageForm(forms.Form):
    """Made from the spec of a stage; `start` starts the run or puts the refusal at its field."""

    name = forms.CharField(max_length=120, required=False, help_text="To find it again.")

    def __init__(
        self, info: StageInfo, user: User, *args: Any, like: Run | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.info, self.user, self.like = info, user, like
        self.input_names: list[str] = []
        self.first_names: list[str] = []
        self.more_names: list[str] = []
        many = {name for name, found in path_fields(info.stage).items() if found.many}
        for name, source in info.inputs.items():
            self._add_input(name, name in many)
            if source.datasets:
                self._add_split(name)
        for field in codec.fields_of(spec_class(info.stage)):
            if field.param.path or field.name in _LEFT_OUT:
                continue
            self.fields[field.name] = form_field(field)
            (self.first_names if field.name in info.first else self.more_names).append(field.name)
        self.fields["run_device"] = forms.ChoiceField(
            label="Runs on", choices=_devices(), initial="auto"
        )
        self.order_fields(["name", *self.input_names, *info.first])
        if like is not None:
            self._start_from(like)

    # ---- parts of the page -----------------------------------------------------------------------

    def of(self, names: Sequence[str]) -> list[forms.BoundField]:
        return [self[name] for name in names]

    @property
    def first_fields(self) -> list[forms.BoundField]:
        ordered = sorted(self.first_names, key=self.info.first.index)
        return self.of(["name", *self.input_names, *ordered, "run_device"])

    @property
    def more_fields(self) -> list[forms.BoundField]:
        return self.of(self.more_names)

    @property
    def more_is_open(self) -> bool:
        """Folded fields are unfolded where one of them is wrong, or was changed before."""
        return any(self[name].errors for name in self.more_names) or self.like is not None

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
                    device=values["run_device"],
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
        reason = refused.reason[:1].upper() + refused.reason[1:]
        self.add_error(name if name in self.fields else None, reason.rstrip(".") + ".")

    def _add_input(self, name: str, many: bool) -> None:
        source = self.info.inputs[name]
        choices = input_choices(source, user=self.user)
        common: dict[str, Any] = {"label": source.label, "required": not source.none}
        if many:
            self.fields[name] = forms.MultipleChoiceField(choices=choices, **common)
        else:
            first = [] if source.none else [("", "Choose …")]
            self.fields[name] = forms.ChoiceField(choices=[*first, *choices], **common)
        if not choices:
            self.fields[name].help_text = "There is none yet; make it first."
        self.input_names.append(name)

    def _add_split(self, name: str) -> None:
        split = f"{name}_split"
        label = f"Part of {self.info.inputs[name].label.lower()}"
        self.fields[split] = forms.ChoiceField(
            label=label,
            choices=_SPLITS,
            required=False,
            help_text="Of a dataset: only its images for training, validation or test.",
        )
        self.input_names.append(split)

    def _start_from(self, run: Run) -> None:
        self.initial["name"] = run.name
        self.initial |= run.spec
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


def _devices() -> list[tuple[str, str]]:
    if gpu_listens():
        return [("auto", "The GPU where it helps"), ("cpu", "Processor only"), ("cuda", "GPU")]
    return [
        ("auto", "Processor (no worker with a GPU is listening)"),
        ("cuda", "GPU"),
    ]
