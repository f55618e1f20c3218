"""The fields of the analysis plan, and of who learns what."""

from __future__ import annotations

from django import forms

from accounts.models import User
from core.access import Visibility
from core.forms import with_unit
from survey.forms.count import Count


class PlanFields(forms.Form):
    hypothesis = forms.CharField(
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        label="What you expect",
        help_text="In your own words, e.g. “experts cannot tell them apart”. Frozen when it opens.",
    )
    margin = forms.FloatField(
        min_value=0.01,
        max_value=0.25,
        initial=0.05,
        label="Margin about chance",
        help_text="Raters count as unable to tell if their share of right answers lies surely "
        "within 0.5 ± this. 0.05 is strict and needs hundreds of images; 28 cannot show it.",
        widget=forms.NumberInput(attrs={"step": "0.01"}),
    )
    failed_attention = Count(
        max_value=20,
        label="Leave out raters who failed so many attention pictures",
        help_text="So many or more; 0: nobody is left out for it.",
    )
    fastest_ms = with_unit(
        Count(
            max_value=60_000,
            label="Leave out raters who were faster than",
            help_text="Half of their answers took less than this; 0: nobody is left out for it.",
        ),
        "ms",
    )
    leave_out_constant = forms.BooleanField(
        required=False, label="Leave out raters who gave one answer to everything"
    )
    leave_out_unfinished = forms.BooleanField(
        required=False,
        initial=True,
        label="Leave out raters who did not come to the end",
        help_text="Otherwise what they answered counts, by a method that allows missing answers.",
    )
    leave_out_could_know = forms.BooleanField(
        required=False,
        initial=True,
        label="Leave out raters who can see the images elsewhere on this platform",
    )
    leave_out_seen = forms.BooleanField(
        required=False, label="Leave out answers to images that the rater had seen before"
    )


class PeopleFields(forms.Form):
    visibility = forms.ChoiceField(choices=Visibility.choices, label="Who may see it")
    shared_with = forms.ModelMultipleChoiceField(
        queryset=User.objects.none(),
        required=False,
        label="Named people",
        help_text="Raters among them can take it when they sign in; colleagues see how far it is.",
    )
    results_for = forms.ChoiceField(
        choices=[
            ("members", "Whoever may see the study"),
            ("organiser", "You and administrators only"),
        ],
        initial="members",
        label="Who sees the results when it is closed",
    )
    own_score = forms.BooleanField(
        required=False, initial=True, label="Raters see their own score after the closing"
    )
    visitors_allowed = forms.BooleanField(
        required=False,
        label="Visitors may play without signing in",
        help_text="For the game on the front page only.",
    )
