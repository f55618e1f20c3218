"""What an organiser can set about a study."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

from django import forms

from accounts.models import User
from core.access import Visibility
from survey import protocol
from survey.models import Study, Use


class StudyForm(forms.Form):
    name = forms.CharField(max_length=120, label="Name", help_text="Raters do not see it.")
    use = forms.ChoiceField(
        choices=Use.choices,
        label="Used as",
        help_text="The game takes ten of its images for everybody who plays; nothing of it enters "
        "a study.",
    )
    description = forms.CharField(
        required=False, widget=forms.Textarea(attrs={"rows": 2}), label="Notes for colleagues"
    )
    consent_text = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 5}), initial=protocol.CONSENT, label="Consent text"
    )
    instructions = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 6}),
        initial=protocol.INSTRUCTIONS,
        label="Instructions",
        help_text="Do not say how many images are real: raters would count.",
    )
    width_px = forms.IntegerField(
        required=False,
        min_value=64,
        max_value=4096,
        label="Width of the images (px)",
        help_text="Empty: the largest that all have, at most 1024 px.",
    )
    height_px = forms.IntegerField(
        required=False, min_value=64, max_value=4096, label="Height of the images (px)"
    )
    crop = forms.ChoiceField(
        choices=[("centre", "Middle of the image"), ("seeded", "At random, by the seed")],
        initial="centre",
        label="Part that is shown",
    )
    zoom = forms.BooleanField(required=False, initial=True, label="Raters may zoom")
    key_real = forms.RegexField(
        r"^[a-eg-ik-y]$", initial="r", label="Key for “real”", help_text="A letter; not f, j or z."
    )
    key_artificial = forms.RegexField(r"^[a-eg-ik-y]$", initial="a", label="Key for “artificial”")
    break_every = forms.IntegerField(
        min_value=0,
        max_value=1000,
        initial=30,
        label="Offer a break every … images",
        help_text="0: never.",
    )
    visibility = forms.ChoiceField(choices=Visibility.choices, label="Who may see it")
    shared_with = forms.ModelMultipleChoiceField(
        queryset=User.objects.none(),
        required=False,
        label="Named people",
        help_text="Raters among them can take it when they sign in; colleagues see how far it is.",
    )
    visitors_allowed = forms.BooleanField(
        required=False,
        label="Visitors may play without signing in",
        help_text="For the game on the front page only.",
    )

    def __init__(self, *args: Any, before: protocol.Settings | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.before = before or protocol.Settings()  # what has no field here stays as it is
        people = self.fields["shared_with"]
        assert isinstance(people, forms.ModelMultipleChoiceField)  # noqa: S101
        people.queryset = User.objects.filter(is_active=True).order_by("username")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        real, artificial = cleaned.get("key_real"), cleaned.get("key_artificial")
        if real and real == artificial:
            self.add_error("key_artificial", "Both answers have the same key.")
        return cleaned

    @property
    def settings(self) -> protocol.Settings:
        own = asdict(self.before).keys() & self.cleaned_data.keys()
        return replace(self.before, **{name: self.cleaned_data[name] for name in own})

    @property
    def values(self) -> dict[str, Any]:
        """What the services take beside the settings and the named people."""
        apart = {*asdict(self.before), "shared_with"}
        return {name: value for name, value in self.cleaned_data.items() if name not in apart}


def initial_of(study: Study) -> dict[str, Any]:
    own = ("name", "use", "description", "consent_text", "instructions", "visibility")
    return {
        **{name: getattr(study, name) for name in own},
        **asdict(protocol.Settings.of(study)),
        "visitors_allowed": study.visitors_allowed,
        "shared_with": study.shared_with.all(),
    }


class InvitationForm(forms.Form):
    kind = forms.ChoiceField(
        choices=[("personal", "Personal links, for one rater each"), ("open", "One open link")],
        label="Kind",
    )
    count = forms.IntegerField(min_value=1, max_value=200, initial=1, label="Links")
    quota = forms.IntegerField(
        min_value=1, max_value=10_000, initial=20, label="Raters by an open link"
    )
    label = forms.CharField(max_length=110, required=False, label="Note, for yourself")
