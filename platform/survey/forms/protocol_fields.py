"""The fields of the protocol, by subject: what raters do, and what they are asked beside."""

from __future__ import annotations

from django import forms

from core.forms import with_unit
from survey import protocol
from survey.forms.count import Count
from survey.forms.questions import QuestionsField


class TaskFields(forms.Form):
    task = forms.ChoiceField(
        choices=[
            (protocol.YES_NO, "One image at a time: real or artificial?"),
            (protocol.PAIRS, "Two images side by side: which one is artificial?"),
        ],
        initial=protocol.YES_NO,
        label="Task",
        help_text="One at a time also shows which answer raters lean to. Pairs need as many real "
        "as artificial images, of like content.",
    )
    exposure_ms = with_unit(
        forms.IntegerField(
            required=False,
            min_value=50,
            max_value=60_000,
            label="Time that an image is shown",
            help_text="Empty: until the rater has answered, as in the paper. A short time, e.g. "
            "500 ms, asks for the first impression.",
        ),
        "ms",
    )
    zoom = forms.BooleanField(required=False, initial=True, label="Raters may zoom")
    break_every = with_unit(
        Count(
            max_value=1000,
            initial=30,
            label="Offer a break every",
            help_text="0: never.",
        ),
        "images",
    )
    key_real = forms.RegexField(
        r"^[a-eg-ik-ln-vxy]$",
        initial="r",
        label="Key for “real”",
        help_text="A letter; not f, j, m, w or z.",
    )
    key_artificial = forms.RegexField(
        r"^[a-eg-ik-ln-vxy]$", initial="a", label="Key for “artificial”"
    )


class ControlFields(forms.Form):
    images_per_rater = forms.IntegerField(
        required=False,
        min_value=4,
        max_value=600,
        label="Images for each rater",
        help_text="Empty: all of them. A part makes large sets bearable; each image is then shown "
        "to equally many raters.",
    )
    repeats = Count(
        max_value=100,
        label="Images shown a second time",
        help_text="They tell how far a rater agrees with themselves; the second answers stay out "
        "of the main analysis.",
    )
    attention = Count(
        max_value=20,
        label="Attention pictures",
        help_text="Grey noise on which stands what to answer. Who answers otherwise did not look.",
    )


class QuestionFields(forms.Form):
    questions = QuestionsField(
        initial=protocol.QUESTIONS,
        label="Questions before the first image",
        help_text="One a line, in the order in which they are asked; all may be left out by the "
        "rater. Answers stand behind the question: <b>Do you use an SEM? | Never | Monthly | "
        "Weekly</b>. Write <b>Years of practice? | (number)</b> or <b>Your field? | (text)</b> "
        "for an open answer. Never ask for names.",
    )
    expertise = forms.IntegerField(
        required=False,
        min_value=1,
        label="Question by which raters are compared",
        help_text="Its number in the list above, counted from 1; it needs answers to choose from. "
        "Results tell accuracy by these answers, such as years of experience. Empty: the first "
        "such question.",
    )
    ask_seen = forms.BooleanField(
        required=False,
        initial=True,
        label="Ask after each image: have you seen it before?",
        help_text="Results then say what they are without images seen before. Leave it out only "
        "where nobody can have seen one, as it is one more question for each image.",
    )
    ask_reason = forms.BooleanField(
        required=False, label="Ask after each image what gave it away (optional for raters)"
    )
    ask_region = forms.BooleanField(
        required=False, label="Let raters mark where an image looks artificial"
    )
    ask_share = forms.BooleanField(
        required=False,
        initial=True,
        label="Ask at the end which part of the images was artificial",
        help_text="Shows what raters believed; it explains a lean to one answer.",
    )


_CHOICE = [(protocol.REFUSE, "Keep the study closed"), (protocol.MARK, "Let them in, marked")]


class ImageFields(forms.Form):
    width_px = with_unit(
        forms.IntegerField(
            required=False,
            min_value=64,
            max_value=4096,
            label="Width of the images",
            help_text="Empty: the largest that all have, at most 1024 px.",
        ),
        "px",
    )
    height_px = with_unit(
        forms.IntegerField(
            required=False, min_value=64, max_value=4096, label="Height of the images"
        ),
        "px",
    )
    crop = forms.ChoiceField(
        choices=[("centre", "Middle of the image"), ("seeded", "At random, by the seed")],
        initial="centre",
        label="Part that is shown",
    )
    shortcut_limit = forms.FloatField(
        min_value=0.5,
        max_value=1.0,
        initial=0.8,
        label="Limit of the shortcut audit",
        help_text="How well brightness, noise, file size and the like may tell real from "
        "artificial: 0.5 is not at all, 1 is always (AUC). Above it the study does not open; 1 "
        "only shows the audit.",
        widget=forms.NumberInput(attrs={"step": "0.01"}),
    )
    trained_images = forms.ChoiceField(
        choices=_CHOICE,
        initial=protocol.REFUSE,
        label="Images that a generator was trained on",
        help_text="Or that look the same as one of those.",
    )
    near_duplicates = forms.ChoiceField(
        choices=_CHOICE, initial=protocol.REFUSE, label="Images that look the same"
    )
    bars = forms.ChoiceField(
        choices=_CHOICE,
        initial=protocol.REFUSE,
        label="Images that may show a data bar or scale bar",
        help_text="Where a program found something like it, and nobody signed it off.",
    )
