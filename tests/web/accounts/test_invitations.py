"""An invitation works once, for a while, and for the roles that it was made with."""

from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import services
from accounts.errors import InvitationOver
from accounts.models import Invitation, Role, User
from core.models import AuditEntry
from tests.web.factories import make_user

pytestmark = pytest.mark.django_db

SAID = {"username": "anna", "password": "a phrase of hers", "password_again": "a phrase of hers"}


@pytest.fixture
def administrator() -> User:
    return make_user(is_superuser=True)


@pytest.fixture
def invited(administrator: User) -> tuple[Invitation, str]:
    roles = [Role.CURATOR, Role.ANALYST]
    invitation, token = services.invitation_create(by=administrator, roles=roles, days=7)
    return invitation, reverse("accounts:invitation", args=[token])


def test_only_an_administrator_invites_and_takes_back(invited: tuple[Invitation, str]) -> None:
    curator = make_user(Role.CURATOR)
    with pytest.raises(PermissionDenied):
        services.invitation_create(by=curator, roles=[Role.CURATOR], days=1)
    with pytest.raises(PermissionDenied):
        services.invitation_revoke(by=curator, invitation=invited[0])


def test_a_link_that_never_was_is_told_so(client: Client) -> None:
    response = client.get(reverse("accounts:invitation", args=["x" * 43]))
    assert response.status_code == 410
    assert "was the whole link copied" in response.content.decode()


def test_a_link_ends_with_its_time(client: Client, invited: tuple[Invitation, str]) -> None:
    with time_machine.travel(timezone.now() + timedelta(days=7, minutes=1)):
        for response in (client.get(invited[1]), client.post(invited[1], SAID)):
            assert response.status_code == 410
            assert "has expired" in response.content.decode()
    assert not User.objects.filter(username="anna").exists()


def test_a_link_that_was_taken_back_does_not_work(
    client: Client, invited: tuple[Invitation, str], administrator: User
) -> None:
    services.invitation_revoke(by=administrator, invitation=invited[0])
    response = client.post(invited[1], SAID)
    assert response.status_code == 410
    assert "taken back" in response.content.decode()


def test_it_makes_one_person_with_the_roles_it_was_made_with(
    client: Client, invited: tuple[Invitation, str]
) -> None:
    more = {"roles": ["organiser"], "administrator": "on", "is_superuser": "1"}
    response = client.post(invited[1], {**SAID, **more})
    assert response.status_code == 302
    anna = User.objects.get(username="anna")
    assert anna.roles == [Role.CURATOR, Role.ANALYST]
    assert not anna.is_superuser
    assert not anna.password_is_temporary
    assert client.get(reverse("accounts:profile")).status_code == 200  # signed in
    second = Client().post(invited[1], {**SAID, "username": "ben"})
    assert second.status_code == 410
    assert "used already" in second.content.decode()
    assert not User.objects.filter(username="ben").exists()
    entry = AuditEntry.objects.get(action="invitation.accepted")
    assert entry.actor == anna


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"username": "Taken"}, "Somebody has this name already"),
        ({"password_again": "another phrase"}, "The two passwords differ"),
        ({"password": "short", "password_again": "short"}, "too short"),
        ({"password": "password", "password_again": "password"}, "too common"),
    ],
)
def test_a_mistake_does_not_use_it_up(
    client: Client, invited: tuple[Invitation, str], change: dict[str, str], sentence: str
) -> None:
    make_user(name="taken")
    response = client.post(invited[1], {**SAID, **change})
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert client.post(invited[1], SAID).status_code == 302


def test_of_two_at_once_one_gets_in(
    invited: tuple[Invitation, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    token = invited[1].rsplit("/", 1)[1]
    monkeypatch.setattr("accounts.selectors.invitation_open", lambda *, token: invited[0])
    services.invitation_accept(token=token, username="anna", password="a phrase of hers")
    with pytest.raises(InvitationOver):
        services.invitation_accept(token=token, username="ben", password="a phrase of his")


def test_the_link_is_shown_once_and_only_its_hash_is_kept(client: Client) -> None:
    client.force_login(make_user(is_superuser=True))
    said = {"roles": ["rater"], "days": "7", "note": "Prof. Bals"}
    page = client.post(reverse("accounts:people-invite"), said).content.decode()
    start = page.index("/accounts/invitation/") + len("/accounts/invitation/")
    token = page[start : start + 43]
    assert Client().get(reverse("accounts:invitation", args=[token])).status_code == 200
    invitation = Invitation.objects.get()
    assert token not in str(vars(invitation))
    assert token not in client.get(reverse("accounts:people")).content.decode()


def test_somebody_who_is_signed_in_does_not_use_it_up(
    client: Client, invited: tuple[Invitation, str]
) -> None:
    client.force_login(make_user(Role.CURATOR, name="ben"))
    assert "You are signed in as ben" in client.post(invited[1], SAID).content.decode()
    assert not User.objects.filter(username="anna").exists()
