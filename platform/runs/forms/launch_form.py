"""The few knobs of a whole pipeline."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django import forms
from django.db import transaction

from accounts.models import User
from catalog.errors import CatalogError
from catalog.models import Split
from runs.errors import RunRefused
from runs.forms.inputs import input_choices, input_ref
from runs.labels import label_of
from runs.models import Launch
from runs.presets import Preset, steps_of
from runs.services import launch_start
from runs.stages import Source

# The field that asks for what a step reads or is told: a refusal names the step and its own field.
ASKED_BY = {
    "scenes.scenes": "scenes",
    "pairs.variants": "variants",
    "generator.steps": "gan_steps",
    "generator.real": "real",
    "network.steps": "network_steps",
    "particles.images": "real",
    "scores.truth": "real",
}
_REAL = Source(label="Micrographs to measure", datasets=True)


class LaunchForm(forms.Form):
    name = forms.CharField(max_length=120, help_text="To find it again.")
    real = forms.ChoiceField(
        label="Micrographs to measure",
        required=False,
        help_text="A dataset of yours. Its masks, where it has some, are only read by the last "
        "step, which says how good the result is.",
    )
    split = forms.ChoiceField(
        label="Part of the dataset",
        required=False,
        choices=[("", "All images"), *((s.value, s.label) for s in Split if s.value)],
    )
    scenes = forms.IntegerField(min_value=3, max_value=100_000, help_text="Scenes to simulate.")
    variants = forms.IntegerField(
        min_value=1, max_value=1000, help_text="Artificial images of each scene."
    )
    gan_steps = forms.IntegerField(
        label="Steps of the CycleGAN", min_value=1, max_value=10_000_000, required=False
    )
    network_steps = forms.IntegerField(
        label="Steps of the UNet++", min_value=1, max_value=10_000_000
    )
    seed = forms.IntegerField(
        min_value=0, max_value=2**63 - 1, help_text="The same seed gives the same images."
    )

    def __init__(self, preset: Preset, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.preset, self.user = preset, user
        none = [] if preset.plan.gan_steps else [("", "None: stop at the trained network")]
        choices = input_choices(_REAL, user=user)
        self.fields["real"].choices = [*none, *choices]  # type: ignore[attr-defined]
        self.fields["real"].required = bool(preset.plan.gan_steps)
        if preset.plan.gan_steps:
            self.fields["gan_steps"].required = True
        else:
            del self.fields["gan_steps"]
        self.initial.update(
            {
                "name": preset.title,
                "scenes": preset.plan.scenes,
                "variants": preset.plan.variants,
                "gan_steps": preset.plan.gan_steps,
                "network_steps": preset.plan.network_steps,
                "seed": 0,
            }
        )

    def start(self) -> Launch | None:
        """Start all runs, or none where one is refused."""
        asked = self.cleaned_data
        plan = replace(
            self.preset.plan,
            scenes=asked["scenes"],
            variants=asked["variants"],
            gan_steps=asked.get("gan_steps") or 0,
            network_steps=asked["network_steps"],
        )
        try:
            with transaction.atomic():
                version = None
                if asked["real"]:
                    version = input_ref(
                        field="images", value=asked["real"], source=_REAL, user=self.user
                    ).version
                items = version.items.all() if version else None
                if items is not None and asked["split"]:
                    items = items.filter(split=asked["split"])
                with_truth = items is not None and items.filter(truth__isnull=False).exists()
                steps = steps_of(plan, version=version, split=asked["split"], with_truth=with_truth)
                return launch_start(
                    owner=self.user,
                    name=asked["name"],
                    preset=self.preset.key,
                    steps=steps,
                    seed=asked["seed"],
                )
        except RunRefused as refused:
            self._tell(refused, {step.key: step.name for step in steps})
        except CatalogError as refused:
            self.add_error("real", str(refused))
        return None

    def _tell(self, refused: RunRefused, titles: Mapping[str, str]) -> None:
        """Put a refusal at the field that it is about; what the form does not ask, by its name."""
        step, _, field = re.split(r"\[", refused.field)[0].partition(".")
        name = "seed" if field == "seed" else ASKED_BY.get(f"{step}.{field}", "")
        if name in self.fields:
            self.add_error(name, refused.sentence)
        else:
            self.add_error(None, f"{titles[step]}, {label_of(field)}: {refused.sentence}")
