from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.validators import UnicodeUsernameValidator

from accounts import selectors
from accounts.models import Role, User
from core.access import Owned, Visibility

ROLE_HELP = {
    Role.CURATOR: "imports and curates datasets",
    Role.ANALYST: "starts runs",
    Role.REVIEWER: "reviews segmentations",
    Role.ORGANISER: "organises studies",
    Role.RATER: "judges images; sees nothing but their studies",
}
ROLES = [(role.value, f"{role.label}: {ROLE_HELP[role]}") for role in Role]


SIGN_IN_ERRORS: dict[str, Any] = {
    "invalid_login": "Name and password do not belong together; both mind upper and lower case.",
    "inactive": "This account is closed; an administrator can open it again.",
}


class SignInForm(AuthenticationForm):
    error_messages = SIGN_IN_ERRORS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = "Name"


class NameForm(forms.Form):
    username = forms.CharField(
        label="Name to sign in with",
        max_length=150,
        validators=[UnicodeUsernameValidator()],
        help_text="Letters, digits and @ . + - _",
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )
    first_name = forms.CharField(label="First name", max_length=150, required=False)
    last_name = forms.CharField(label="Last name", max_length=150, required=False)


class RolesForm(forms.Form):
    roles = forms.MultipleChoiceField(
        label="Roles",
        choices=ROLES,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="One person may have several; without a role they can only sign in.",
    )
    administrator = forms.BooleanField(
        label="Administrator",
        required=False,
        help_text="Has all roles, sees everything and manages people.",
    )


class PersonForm(RolesForm, NameForm):
    field_order = ("username", "first_name", "last_name", "roles", "administrator")


class PersonEditForm(RolesForm):
    first_name = forms.CharField(label="First name", max_length=150, required=False)
    last_name = forms.CharField(label="Last name", max_length=150, required=False)
    field_order = ("first_name", "last_name", "roles", "administrator")


class InvitationForm(forms.Form):
    note = forms.CharField(
        label="For whom", max_length=120, required=False, help_text="A note for yourself."
    )
    roles = forms.MultipleChoiceField(
        choices=ROLES, widget=forms.CheckboxSelectMultiple, label="Roles they will have"
    )
    days = forms.TypedChoiceField(
        label="The link works for",
        choices=[(1, "one day"), (7, "one week"), (30, "30 days")],
        coerce=int,
        initial=7,
    )


class AcceptForm(NameForm):
    password = forms.CharField(
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="At least 8 characters, and none of the common ones.",
    )
    password_again = forms.CharField(
        strip=False,
        label="Password again",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        password, again = said.get("password"), said.get("password_again")
        if password and again and password != again:
            self.add_error("password_again", "The two passwords differ.")
        elif password:
            try:
                validate_password(password, User(username=said.get("username") or ""))
            except forms.ValidationError as error:
                self.add_error("password", error)
        return said


class SharingForm(forms.Form):
    """Who may see something; the people are named, so that a lab of hundreds needs no list."""

    visibility = forms.ChoiceField(
        label="Who may see it", choices=Visibility.choices, widget=forms.RadioSelect
    )
    people = forms.CharField(
        label="Named people",
        required=False,
        help_text="The names they sign in with, parted by commas; for “Shared with named people”.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )

    @classmethod
    def of(cls, obj: Owned) -> SharingForm:
        names = obj.shared_with.order_by("username").values_list("username", flat=True)
        return cls(initial={"visibility": obj.visibility, "people": ", ".join(names)})

    def clean_people(self) -> list[User]:
        found, unknown = selectors.people_named(usernames=self.cleaned_data["people"].split(","))
        if unknown:
            raise forms.ValidationError(f"Nobody here is called {', '.join(unknown)}.")
        return found
