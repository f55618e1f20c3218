"""What an organiser can set about a study: one form, its fields kept by subject."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any

from django import forms

from accounts.models import User
from survey import protocol
from survey.forms.plan_fields import PeopleFields, PlanFields
from survey.forms.protocol_fields import ControlFields, ImageFields, QuestionFields, TaskFields
from survey.forms.questions import QuestionsField
from survey.models import Study, Use
from survey.plan import Plan


class TextFields(forms.Form):
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
        widget=forms.Textarea(attrs={"rows": 5}),
        initial=protocol.CONSENT,
        label="Consent text",
        help_text="Promise no more than is done: after the closing the answers of somebody who has "
        "them erased stay in the results, without what says whose they are.",
    )
    instructions = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 6}),
        initial=protocol.INSTRUCTIONS,
        label="Instructions",
        help_text="Left as they are, they fit the task and the time that an image is shown. Do not "
        "say how many images are real: raters would count.",
    )


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the form; a folded one has defaults that suit most studies."""

    title: str
    intro: str
    names: tuple[str, ...]
    folded: bool = True
    columns: bool = True


SECTIONS = (
    Section("What it is", "", ("name", "use", "description"), folded=False),
    Section("What raters read", "", ("consent_text", "instructions"), folded=False, columns=False),
    Section(
        "Task",
        "One image at a time, as long as the rater wants, is what the paper did.",
        tuple(TaskFields.base_fields),
    ),
    Section(
        "Repeats and attention",
        "Practice images are chosen with the other images: two to four outside the set are enough.",
        tuple(ControlFields.base_fields),
    ),
    Section(
        "Questions",
        "About the raters before the first image, and about each image after the answer.",
        tuple(QuestionFields.base_fields),
        columns=False,
    ),
    Section(
        "Images and their checks",
        "All images are cut to one size and checked before the study opens.",
        tuple(ImageFields.base_fields),
    ),
    Section(
        "Analysis plan",
        "Set before anybody answers, frozen at the opening: nobody can choose afterwards whom to "
        "leave out. Results are always shown with and without those left out.",
        tuple(PlanFields.base_fields),
    ),
    Section("People and results", "", tuple(PeopleFields.base_fields)),
)


class StudyForm(
    PeopleFields, PlanFields, ImageFields, QuestionFields, ControlFields, TaskFields, TextFields
):
    def __init__(
        self,
        *args: Any,
        before: protocol.Settings | None = None,
        plan: Plan | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        # What has no field here stays as it is.
        self.before, self.plan_before = before or protocol.Settings(), plan or Plan()
        people = self.fields["shared_with"]
        assert isinstance(people, forms.ModelMultipleChoiceField)  # noqa: S101
        people.queryset = User.objects.filter(is_active=True).order_by("username")
        questions = self.fields["questions"]
        assert isinstance(questions, QuestionsField)  # noqa: S101
        questions.before = self.before.questions

    @property
    def sections(self) -> Iterator[dict[str, Any]]:
        """For the page: each with its bound fields, unfolded where something is wrong in it."""
        for section in SECTIONS:
            fields = [self[name] for name in section.names]
            wrong = sum(bool(field.errors) for field in fields)
            yield {"section": section, "fields": fields, "wrong": wrong}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for field, sentence in _contradictions(cleaned):
            self.add_error(field, sentence)
        if "expertise" in cleaned and "questions" in cleaned:
            asked = cleaned["questions"]
            number = cleaned["expertise"] or 0
            # Stored by its key, which stays when questions change their places.
            cleaned["expertise"] = asked[number - 1].key if 0 < number <= len(asked) else ""
        return cleaned

    @property
    def settings(self) -> protocol.Settings:
        own = asdict(self.before).keys() & self.cleaned_data.keys()
        return replace(self.before, **{name: self.cleaned_data[name] for name in own})

    @property
    def plan(self) -> Plan:
        own = asdict(self.plan_before).keys() & self.cleaned_data.keys()
        return replace(self.plan_before, **{name: self.cleaned_data[name] for name in own})

    @property
    def values(self) -> dict[str, Any]:
        """What the services take beside the named people."""
        apart = {*asdict(self.before), *asdict(self.plan_before), "shared_with"}
        rest = {name: value for name, value in self.cleaned_data.items() if name not in apart}
        return {**rest, "settings": self.settings, "plan": self.plan}


def _contradictions(cleaned: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """What single fields cannot know; a field that has an error of its own is not in `cleaned`."""
    real, attention = cleaned.get("key_real"), cleaned.get("attention") or 0
    if real and real == cleaned.get("key_artificial"):
        yield "key_artificial", "Both answers have the same key."
    if cleaned.get("task") == protocol.PAIRS and cleaned.get("use") == Use.GAME:
        yield "task", "The game on the front page shows one image at a time."
    if cleaned.get("task") == protocol.PAIRS and attention:
        yield "attention", "Attention pictures are shown alone; with pairs there are none."
    if (cleaned.get("failed_attention") or 0) > attention and "attention" in cleaned:
        yield "failed_attention", f"There are only {attention} attention pictures to fail."
    number, asked = cleaned.get("expertise"), cleaned.get("questions")
    if number and asked is not None:
        if number > len(asked):
            yield "expertise", f"There are only {len(asked)} questions."
        elif asked[number - 1].kind != "choice":
            yield (
                "expertise",
                f"“{asked[number - 1].text}” has no answers to choose from, so raters cannot be "
                "told apart by it.",
            )
    if cleaned.get("leave_out_seen") and not cleaned.get("ask_seen"):
        yield "leave_out_seen", "Nobody is asked for it: choose “have you seen it before?” too."


def initial_of(study: Study) -> dict[str, Any]:
    own = ("name", "use", "description", "consent_text", "instructions", "visibility")
    return {
        **{name: getattr(study, name) for name in own},
        **protocol.settings_json(protocol.Settings.of(study)),
        **asdict(Plan.of(study)),
        "expertise": _expertise_number(protocol.Settings.of(study)),
        "visitors_allowed": study.visitors_allowed,
        "shared_with": study.shared_with.all(),
    }


def _expertise_number(settings: protocol.Settings) -> int | None:
    """Its place in the list, from 1; None where it is not chosen."""
    keys = [one.key for one in settings.questions]
    return keys.index(settings.expertise) + 1 if settings.expertise in keys else None
