"""Who gets which page of accounts: every page by every kind of person, the refused first."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts import services
from accounts.models import Role, User
from accounts.urls import urlpatterns
from tests.web.factories import make_user

pytestmark = pytest.mark.django_db

KINDS = ["visitor", "nobody", *Role.values, "administrator"]
SIGN_IN, FORBIDDEN, GONE, OK, MOVED = "sign in", 403, 410, 200, 302
MEMBERS_OWN = {"visitor": SIGN_IN}
ADMINISTRATORS = {"visitor": SIGN_IN, **dict.fromkeys(["nobody", *Role.values], FORBIDDEN)}

# (name, method) -> what a kind of person gets; whoever is not named gets the last column.
PAGES: dict[tuple[str, str], tuple[dict[str, Any], Any]] = {
    ("sign-in", "get"): ({"visitor": OK}, MOVED),
    ("sign-out", "post"): ({}, MOVED),
    ("profile", "get"): (MEMBERS_OWN, OK),
    ("profile-password", "post"): (MEMBERS_OWN, 422),
    ("profile-token", "post"): (MEMBERS_OWN, OK),
    ("people", "get"): (ADMINISTRATORS, OK),
    ("people-new", "get"): (ADMINISTRATORS, OK),
    ("people-new", "post"): (ADMINISTRATORS, 422),
    ("people-invite", "get"): (ADMINISTRATORS, OK),
    ("people-invite", "post"): (ADMINISTRATORS, 422),
    ("person", "get"): (ADMINISTRATORS, OK),
    ("person", "post"): (ADMINISTRATORS, MOVED),
    ("person-password", "post"): (ADMINISTRATORS, OK),
    ("person-active", "post"): (ADMINISTRATORS, MOVED),
    ("invitation-revoke", "post"): (ADMINISTRATORS, MOVED),
    ("invitation", "get"): ({}, OK),
}
CASES = [(kind, name, method) for name, method in PAGES for kind in KINDS]


@pytest.mark.parametrize(("kind", "name", "method"), CASES)
def test_a_page_opens_to_whom_it_is_for(client: Client, kind: str, name: str, method: str) -> None:
    other = make_user(Role.CURATOR)
    invitation, token = services.invitation_create(
        by=make_user(is_superuser=True), roles=[Role.RATER], days=1
    )
    if kind != "visitor":
        client.force_login(_person(kind))
    arguments: dict[str, Any] = {
        "person": [other.pk],
        "person-password": [other.pk],
        "person-active": [other.pk],
        "invitation-revoke": [invitation.pk],
        "invitation": [token],
    }
    address = reverse(f"accounts:{name}", args=arguments.get(name, []))
    before = _state(other)
    response = getattr(client, method)(address)
    special, others = PAGES[name, method]
    expected = special.get(kind, others)
    if expected == SIGN_IN:
        assert response.status_code == 302
        assert response["Location"].startswith(reverse("accounts:sign-in"))
    else:
        assert response.status_code == expected
    if expected in {SIGN_IN, FORBIDDEN}:
        assert _state(other) == before
        invitation.refresh_from_db()
        assert invitation.status == "open"


def test_the_table_knows_every_page() -> None:
    assert {name for name, _ in PAGES} == {str(pattern.name) for pattern in urlpatterns}


@pytest.mark.parametrize("name", ["sign-out", "profile-password", "profile-token"])
def test_what_changes_something_is_not_done_by_a_link(client: Client, name: str) -> None:
    client.force_login(make_user(Role.CURATOR))
    assert client.get(reverse(f"accounts:{name}")).status_code == 405


def test_a_form_of_another_site_is_refused_with_a_sentence() -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_user(is_superuser=True))
    response = client.post(reverse("accounts:profile-token"))
    assert response.status_code == 403
    assert "send the form again" in response.content.decode()


def test_somebody_who_is_not_there_is_not_found(client: Client) -> None:
    client.force_login(make_user(is_superuser=True))
    assert client.get(reverse("accounts:person", args=[10**9])).status_code == 404


def test_pages_with_secrets_are_kept_in_no_cache(client: Client) -> None:
    client.force_login(make_user(is_superuser=True))
    response = client.post(reverse("accounts:profile-token"))
    assert "no-store" in response["Cache-Control"]


def _person(kind: str) -> User:
    if kind == "administrator":
        return make_user(is_superuser=True)
    return make_user() if kind == "nobody" else make_user(kind)


def _state(person: User) -> list[Any]:
    person.refresh_from_db()
    return [person.password, person.is_active, person.is_superuser, person.roles]
