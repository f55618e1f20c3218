"""People are made, changed and sent away by administrators only, and never the last of those."""

import re

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from rest_framework.authtoken.models import Token

from accounts import services
from accounts.errors import Refused
from accounts.models import Role, User
from core.models import AuditEntry
from tests.web.factories import make_user

pytestmark = pytest.mark.django_db

PASSWORD = re.compile(r"[a-z2-9]{4}(?:-[a-z2-9]{4}){3}")


@pytest.fixture
def administrator(client: Client) -> User:
    person = make_user(is_superuser=True)
    client.force_login(person)
    return person


def test_only_an_administrator_makes_changes_and_closes_accounts() -> None:
    curator, other = make_user(Role.CURATOR), make_user(Role.ANALYST)
    with pytest.raises(PermissionDenied):
        services.person_create(by=curator, username="friend", administrator=True)
    with pytest.raises(PermissionDenied):
        services.person_edit(by=curator, person=curator, roles=[], administrator=True)
    with pytest.raises(PermissionDenied):
        services.person_deactivate(by=curator, person=other)
    with pytest.raises(PermissionDenied):
        services.password_reset(by=curator, person=other)
    assert not User.objects.filter(is_superuser=True).exists()


def test_the_last_administrator_stays(client: Client, administrator: User) -> None:
    with pytest.raises(Refused, match="yourself"):
        services.person_deactivate(by=administrator, person=administrator)
    with pytest.raises(Refused, match="last administrator"):
        services.person_deactivate(by=None, person=administrator)
    response = client.post(reverse("accounts:person", args=[administrator.pk]), {"roles": []})
    assert response.status_code == 422
    assert "You cannot do this to yourself" in response.content.decode()
    administrator.refresh_from_db()
    assert administrator.is_superuser


def test_a_new_person_gets_a_password_that_is_shown_once(
    client: Client, administrator: User
) -> None:
    said = {"username": "anna", "roles": ["curator", "reviewer"], "first_name": "Anna"}
    response = client.post(reverse("accounts:people-new"), said)
    found = PASSWORD.findall(response.content.decode())
    assert len(found) == 1
    anna = User.objects.get(username="anna")
    assert anna.check_password(found[0])
    assert anna.roles == [Role.CURATOR, Role.REVIEWER]
    assert not anna.is_superuser
    for address in (reverse("accounts:person", args=[anna.pk]), reverse("accounts:people")):
        assert found[0] not in client.get(address).content.decode()
    assert found[0] not in str(list(AuditEntry.objects.values_list("details", flat=True)))


def test_whoever_signs_in_with_a_password_made_for_them_is_asked_for_another(
    client: Client,
) -> None:
    anna, password = services.person_create(by=None, username="anna", roles=[Role.CURATOR])
    response = client.post(
        reverse("accounts:sign-in"), {"username": "anna", "password": password}, follow=True
    )
    assert "Choose a password of your own" in response.content.decode()
    new = "a longer phrase of mine"
    said = {"old_password": password, "new_password1": new, "new_password2": new}
    response = client.post(reverse("accounts:profile-password"), said, follow=True)
    assert "Choose a password of your own" not in response.content.decode()
    anna.refresh_from_db()
    assert anna.check_password(new)
    assert client.get(reverse("accounts:profile")).status_code == 200  # still signed in


@pytest.mark.parametrize(
    ("wanted", "reached"),
    [("/datasets/", "/datasets/"), ("https://elsewhere.example/", None), ("", None)],
)
def test_having_chosen_a_password_one_arrives_where_one_was_going(
    client: Client, wanted: str, reached: str | None
) -> None:
    _, password = services.person_create(by=None, username="anna", roles=[Role.CURATOR])
    said = {"username": "anna", "password": password, "next": wanted}
    asked = client.post(reverse("accounts:sign-in"), said)
    assert asked.headers["Location"].startswith(reverse("accounts:profile"))
    form = client.get(asked.headers["Location"]).context["next"]
    assert form == (reached or "/"), "a page of this installation"
    new = "a longer phrase of mine"
    change = {"old_password": password, "new_password1": new, "new_password2": new}
    answer = client.post(reverse("accounts:profile-password"), change | {"next": wanted})
    assert answer.headers["Location"] == (reached or reverse("accounts:profile"))


@pytest.mark.parametrize(
    ("username", "sentence"),
    [
        ("ANNA", "Somebody has this name already"),
        ("", "This field is required"),
        ("an na", "Enter a valid username"),
        ("<script>", "Enter a valid username"),
        ("x" * 151, "at most 150 characters"),
    ],
)
def test_a_bad_name_is_refused_in_place(
    client: Client, administrator: User, username: str, sentence: str
) -> None:
    make_user(name="anna")
    response = client.post(reverse("accounts:people-new"), {"username": username})
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert User.objects.count() == 2


def key_of(client: Client, address: str) -> dict[str, str]:
    """The key that the form brings along, which is sent to `address` or by its own page."""
    forms = re.findall(r"<form.*?</form>", client.get(address).content.decode(), re.S)
    keys = re.findall(r'name="once" value="([^"]+)"', "".join(forms))
    assert len(keys) == 1
    return {"once": keys[0]}


def test_a_form_posted_twice_makes_one_person_and_shows_the_same_password_again(
    client: Client, administrator: User
) -> None:
    where = reverse("accounts:people-new")
    said = {"username": "anna", "roles": ["curator"], **key_of(client, where)}
    shown = [PASSWORD.findall(client.post(where, said).content.decode()) for _ in range(2)]
    assert len(shown[0]) == 1
    assert shown[1] == shown[0], "who sent it twice sees the second answer only"
    anna = User.objects.get(username="anna")
    assert anna.check_password(shown[0][0])
    assert AuditEntry.objects.filter(action="person.created").count() == 1
    # From a fresh page it is a mistake, and so it is once she has a password of her own.
    again = client.post(where, said | key_of(client, where))
    services.password_change(person=anna, password="a phrase of hers")
    for late in (again, client.post(where, said)):
        assert late.status_code == 422
        assert "Somebody has this name already" in late.content.decode()
    assert not PASSWORD.search(again.content.decode())


def test_a_new_password_that_is_asked_for_twice_is_one(client: Client, administrator: User) -> None:
    person = make_user(Role.CURATOR)
    key = key_of(client, reverse("accounts:person", args=[person.pk]))
    where = reverse("accounts:person-password", args=[person.pk])
    shown = [PASSWORD.findall(client.post(where, key).content.decode()) for _ in range(2)]
    assert shown[1] == shown[0]
    assert AuditEntry.objects.filter(action="person.password_reset").count() == 1
    said = {"username": person.username, "password": shown[0][0]}
    assert Client().post(reverse("accounts:sign-in"), said).status_code == 302
    person.refresh_from_db()
    services.password_change(person=person, password="a phrase of hers")
    later = PASSWORD.findall(client.post(where, key).content.decode())
    assert later not in ([], shown[0]), "the old one works for nobody any more"
    fresh = key_of(client, reverse("accounts:person", args=[person.pk]))
    assert PASSWORD.findall(client.post(where, fresh).content.decode()) != shown[0]


def test_roles_are_given_and_taken(client: Client, administrator: User) -> None:
    person = make_user(Role.CURATOR)
    said = {"roles": ["analyst"], "administrator": ""}
    client.post(reverse("accounts:person", args=[person.pk]), said)
    person.refresh_from_db()
    assert person.roles == [Role.ANALYST]
    entry = AuditEntry.objects.get(action="person.roles_changed")
    assert (entry.actor, entry.details["roles"]) == (administrator, ["analyst"])


def test_a_closed_account_is_out_at_once_and_can_be_opened_again(administrator: User) -> None:
    person = make_user(Role.CURATOR)
    services.token_renew(person=person)
    theirs = Client()
    theirs.force_login(person)
    services.person_deactivate(by=administrator, person=person)
    assert theirs.get(reverse("accounts:profile")).status_code == 302
    assert not Token.objects.filter(user=person).exists()
    services.person_activate(by=administrator, person=person)
    theirs.force_login(person)
    assert theirs.get(reverse("accounts:profile")).status_code == 200


def test_a_new_password_ends_the_sessions(administrator: User) -> None:
    person = make_user(Role.CURATOR)
    theirs = Client()
    theirs.force_login(person)
    services.password_reset(by=administrator, person=person)
    assert theirs.get(reverse("accounts:profile")).status_code == 302


def test_a_token_is_shown_once_and_replaces_the_one_before(client: Client) -> None:
    person = make_user(Role.ANALYST)
    client.force_login(person)
    first = services.token_renew(person=person)
    assert first not in client.get(reverse("accounts:profile")).content.decode()
    page = client.post(reverse("accounts:profile-token")).content.decode()
    key = Token.objects.get(user=person).key
    assert key != first
    assert page.count(key) == 1
    assert key not in client.get(reverse("accounts:profile")).content.decode()


def test_people_are_found_by_any_of_their_names(client: Client, administrator: User) -> None:
    make_user(name="anna", first_name="Anna", last_name="Bals")
    make_user(name="ben")
    page = client.get(reverse("accounts:people"), {"q": "bals an"}).content.decode()
    assert ">anna</a>" in page
    assert ">ben</a>" not in page


def test_a_list_of_people_asks_the_database_the_same_for_one_and_for_forty(
    client: Client, administrator: User, django_assert_max_num_queries: object
) -> None:
    for _ in range(40):
        make_user(Role.RATER)
    with django_assert_max_num_queries(6):  # type: ignore[operator]
        client.get(reverse("accounts:people"))
