"""Every address x role x foreign object: who gets in, who is sent away, who learns nothing.

    people = make_people(owner=run.owner)
    doors = [Door(url=..., expected=reading(seen=False)), Door(url=..., method="post", ...)]
    assert walk(doors, people) == []

Every request runs in a transaction that is taken back, so one door does not close the next.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.test import Client

from accounts.models import Role, User
from tests.web.factories import make_user

if TYPE_CHECKING:
    from django.urls import URLPattern

People = Mapping[str, User | None]
OUTSIDE = ("nobody", Role.RATER.value)  # signed in, no member of the lab
MEMBERS = tuple(role.value for role in Role if role is not Role.RATER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    url: str
    expected: Mapping[str, int]  # status by person; who is not named is not tried
    method: str = "get"
    data: Mapping[str, Any] = field(default_factory=dict)


def make_people(*, owner: User, **others: User) -> People:
    """One person of each role, a visitor, somebody without a role, an administrator, the owner."""
    roles = {role.value: make_user(role) for role in Role}
    return {
        "visitor": None,
        "nobody": make_user(),
        **roles,
        "owner": owner,
        "admin": make_user(is_superuser=True, is_staff=True),
        **others,
    }


def reading(*, seen: bool, answer: int = 200) -> dict[str, int]:
    """Expect members to read what they see, and not to learn of what they do not."""
    expected = {"visitor": 302, "owner": answer, "admin": answer}
    expected |= dict.fromkeys(OUTSIDE, 403)
    return expected | dict.fromkeys(MEMBERS, answer if seen else 404)


def changing(*, seen: bool, role: Role, answer: int = 303) -> dict[str, int]:
    """Expect the owner with that role to change it; others of the role may not, or see nothing."""
    expected = {"visitor": 302, "owner": answer, "admin": answer}
    expected |= dict.fromkeys((*OUTSIDE, *MEMBERS), 403)
    return expected | {role.value: 403 if seen else 404}


def walk(doors: Iterable[Door], people: People) -> list[str]:
    """Try all; a line for each answer that is not the expected one."""
    clients = {name: _client(user) for name, user in people.items()}
    problems = []
    for door in doors:
        for name, status in door.expected.items():
            got = _knock(clients[name], door)
            if got != status:
                problems.append(f"{door.method} {door.url} as {name}: {got}, not {status}")
    return problems


def uncovered(patterns: Iterable[URLPattern | Any], tried: Iterable[str]) -> set[str]:
    """Names of an app's addresses that no door stands for."""
    return {str(pattern.name) for pattern in patterns} - set(tried)


def _client(user: User | None) -> Client:
    client = Client(raise_request_exception=False)
    if user is not None:
        client.force_login(user)
    return client


def _knock(client: Client, door: Door) -> int:
    with transaction.atomic():
        response = getattr(client, door.method)(door.url, dict(door.data))
        if response.streaming:
            # The end of a streamed response would close the test's connection.
            list(response.streaming_content)
        transaction.set_rollback(True)
    return int(response.status_code)
