"""The fields of a stage's form that its spec does not have: what it reads, and where it runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

from accounts.models import User
from catalog.models import Split
from core.templatetags.quantities import roughly
from runs.estimates import seconds_of_image_on_cpu, seconds_on_cpu
from runs.forms.inputs import input_choices
from runs.routing import gpu_listens
from runs.stages import Source

_SPLITS = [("", "All images"), *((s.value, s.label) for s in Split if s.value)]


def input_field(source: Source, *, user: User, many: bool) -> forms.Field:
    choices = input_choices(source, user=user)
    common: dict[str, Any] = {
        "label": source.label,
        "required": not source.none,
        "help_text": "" if choices else "There is none yet; make it first.",
    }
    if many:
        return forms.MultipleChoiceField(choices=choices, **common)
    first = [] if source.none else [("", "Choose …")]
    return forms.ChoiceField(choices=[*first, *choices], **common)


def split_field(source: Source) -> forms.Field:
    return forms.ChoiceField(
        label=f"Part of {source.label.lower()}",
        choices=_SPLITS,
        required=False,
        help_text="Of a dataset: only its images for training, validation or test.",
    )


def device_field(stage: str, values: Mapping[str, Any]) -> forms.ChoiceField:
    """Where it runs, and what that costs without a GPU; `values` are what the form starts from."""
    if gpu_listens():
        choices = [("auto", "The GPU where it helps"), ("cpu", "Processor only"), ("cuda", "GPU")]
        return forms.ChoiceField(label="Runs on", choices=choices, initial="auto")
    takes = ""
    if seconds := seconds_on_cpu(stage, spec=values, inputs=()):
        takes = f" On the processor a run as proposed here takes {roughly(seconds)}."
    elif seconds := seconds_of_image_on_cpu(stage):
        takes = f" On the processor an image takes about {seconds:.1g} s."
    return forms.ChoiceField(
        label="Runs on",
        choices=[("auto", "Processor"), ("cuda", "GPU")],
        initial="auto",
        help_text=f"No worker with a GPU is listening.{takes}",
    )
