"""The way in, and how it closes to whoever guesses."""

import subprocess
import sys
from pathlib import Path

import pytest
from axes.models import AccessAttempt
from django.conf import settings as configured
from django.core import serializers
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts import services
from accounts.models import Role, User

pytestmark = pytest.mark.django_db

PASSWORD = "a phrase of hers"


@pytest.fixture
def anna() -> User:
    person, _ = services.person_create(by=None, username="anna", roles=[Role.CURATOR])
    services.password_change(person=person, password=PASSWORD)
    return person


def enter(
    client: Client, name: str, password: str, address: str = "192.0.2.1", to: str = ""
) -> int:
    response = client.post(
        reverse("accounts:sign-in"),
        {"username": name, "password": password, "next": to},
        REMOTE_ADDR=address,
    )
    return response.status_code


def test_a_wrong_password_and_an_unknown_name_are_told_alike(client: Client, anna: User) -> None:
    pages = [
        client.post(reverse("accounts:sign-in"), {"username": name, "password": "wrong"})
        for name in ("anna", "zoe")
    ]
    for page in pages:
        assert "Name and password do not belong together" in page.content.decode()


def test_after_too_many_tries_even_the_right_password_waits(client: Client, anna: User) -> None:
    codes = [enter(client, "anna", f"guess {number}") for number in range(12)]
    assert codes[0] == 200
    assert codes[-1] == 429
    response = client.post(
        reverse("accounts:sign-in"),
        {"username": "anna", "password": PASSWORD},
        REMOTE_ADDR="192.0.2.1",
    )
    assert response.status_code == 429
    text = response.content.decode()
    assert "Too many tries" in text
    assert "quarter of an hour" in text
    assert enter(Client(), "anna", PASSWORD, address="192.0.2.2") == 302  # others are not kept out


def test_a_new_password_ends_the_wait(client: Client, anna: User) -> None:
    for number in range(12):
        enter(client, "anna", f"guess {number}")
    password = services.password_reset(by=None, person=anna)
    assert enter(client, "anna", password) == 302


def test_somebody_who_signs_in_gets_where_they_wanted(client: Client, anna: User) -> None:
    wanted = reverse("catalog:index")
    sent = client.get(wanted)
    assert sent["Location"] == f"{reverse('accounts:sign-in')}?next={wanted}"
    response = client.post(sent["Location"], {"username": "anna", "password": PASSWORD})
    assert response["Location"] == wanted


@pytest.mark.parametrize("to", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_nobody_is_sent_to_another_site(client: Client, anna: User, to: str) -> None:
    said = {"username": "anna", "password": PASSWORD, "next": to}
    response = client.post(reverse("accounts:sign-in"), said)
    assert response["Location"] == reverse("tour:home")


def test_a_closed_account_stays_out(client: Client, anna: User) -> None:
    services.person_create(by=None, username="admin", administrator=True)
    services.person_deactivate(by=None, person=anna)
    assert enter(client, "anna", PASSWORD) == 200


def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(
    client: Client, anna: User
) -> None:
    enter(client, "anna", PASSWORD)
    cookie = client.cookies[configured.SESSION_COOKIE_NAME]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")


@pytest.mark.parametrize(("value", "shown"), [("", "False False"), ("true", "True True")])
def test_behind_https_cookies_travel_there_only(tmp_path: Path, value: str, shown: str) -> None:
    code = "from config import settings as s; print(s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE)"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={
            "PATH": "/usr/bin:/bin",
            "PYTHONPATH": f"{configured.ROOT / 'platform'}",
            "SEMBLANCE_HOME": str(tmp_path),
            "SEMBLANCE_HTTPS": value,
        },
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == shown


def test_a_failed_sign_in_is_counted_without_the_network_address(
    client: Client, anna: User
) -> None:
    for address in ("203.0.113.77", "203.0.113.77", "203.0.113.78"):
        enter(client, "anna", "guess", address=address)
    kept = dict(AccessAttempt.objects.values_list("ip_address", "failures_since_start"))
    assert sorted(kept.values()) == [1, 2], "browsers are told apart nevertheless"
    assert all(one.startswith("fd") for one in kept)
    assert "203.0.113" not in serializers.serialize("json", AccessAttempt.objects.all())


def test_nothing_of_the_browser_and_nothing_else_that_was_typed_is_kept(
    client: Client, anna: User
) -> None:
    where = f"{reverse('accounts:sign-in')}?next=/survey/7/"
    for browser in ("Mozilla/5.0 (Amiga)", "Mozilla/5.0 (Atari)"):
        said = {"username": "anna", "password": "guess", "pasword": "a phrase of hers"}
        client.post(where, said, headers={"User-Agent": browser, "Accept-Language": "de-AT"})
    attempt = AccessAttempt.objects.get()
    assert attempt.failures_since_start == 2, "another browser is no way to guess more often"
    kept = serializers.serialize("json", [attempt])
    for one in ("Mozilla", "phrase", "survey/7", "text/html"):
        assert one not in kept


def counted(*forwarded: str, proxy: str = "10.0.0.1") -> list[int]:
    """How often each address failed that these tries were counted for, by way of one proxy."""
    for told in forwarded:
        Client().post(
            reverse("accounts:sign-in"),
            {"username": "anna", "password": "guess"},
            REMOTE_ADDR=proxy,
            headers={"X-Forwarded-For": told} if told else {},
        )
    kept = AccessAttempt.objects.values_list("ip_address", "failures_since_start")
    assert all(address.startswith("fd") for address, _ in kept), "an address in clear"
    return sorted(count for _, count in kept)


def test_nobody_is_believed_an_address_unless_a_proxy_is_trusted(anna: User) -> None:
    assert counted("203.0.113.1", "203.0.113.2", "203.0.113.3") == [3]


def test_behind_one_proxy_two_people_are_counted_apart(anna: User, settings: Settings) -> None:
    settings.SEMBLANCE_TRUSTED_PROXIES = 1
    assert counted("203.0.113.1", "203.0.113.2", "203.0.113.1") == [1, 2]


def test_what_somebody_writes_to_the_left_changes_nothing(anna: User, settings: Settings) -> None:
    settings.SEMBLANCE_TRUSTED_PROXIES = 1
    forged = [f"198.51.100.{number}, 203.0.113.1" for number in range(3)]
    assert counted("203.0.113.1", *forged) == [4]


def test_of_two_proxies_the_outer_one_is_asked(anna: User, settings: Settings) -> None:
    settings.SEMBLANCE_TRUSTED_PROXIES = 2
    assert counted("203.0.113.1, 10.0.0.9", "6.6.6.6,203.0.113.1, 10.0.0.9") == [2]
    # Who comes past the outer proxy is counted by what the inner one is asked from.
    assert counted("203.0.113.1") == [1, 2]


@pytest.mark.parametrize(
    "told", [("203.0.113.1:5001", "203.0.113.1:5002"), ("[2001:db8::1]:1", "2001:0db8::1")]
)
def test_the_port_of_a_connection_makes_nobody_another_one(
    told: tuple[str, str], anna: User, settings: Settings
) -> None:
    settings.SEMBLANCE_TRUSTED_PROXIES = 1
    assert counted(*told) == [2]


def test_what_is_no_address_counts_for_the_proxy(anna: User, settings: Settings) -> None:
    settings.SEMBLANCE_TRUSTED_PROXIES = 1
    assert counted("unknown", "", "<script>") == [3]
