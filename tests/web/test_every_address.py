"""Every address of the platform, asked by everybody for things that are not theirs."""

from __future__ import annotations

import pytest
from django.db import transaction

from accounts.models import Role, User
from core.access import Visibility
from tests.web.everywhere import (
    Door,
    World,
    addresses,
    asked,
    door_of,
    questions,
    refused,
    signed_in,
    still_signed_in,
    world,
)
from tests.web.factories import make_user

__all__ = ["world"]

pytestmark = pytest.mark.django_db

MEMBERS = tuple(role for role in Role if role != Role.RATER)
OWNED = ("dataset", "run", "launch", "study", "review")
# What somebody who may read a thing, and has the role, may do with it without owning it. All else
# that changes something is the owner's.
READERS_MAY: dict[str, tuple[Role, ...]] = {
    "exchange:export-start": MEMBERS,  # packs a frozen version; nothing of it changes
    "runs:retry": (Role.ANALYST,),  # the same again, as a run of one's own
    "api:run-retry": (Role.ANALYST,),
    "runs:make-dataset": (Role.CURATOR,),  # a dataset of one's own
    "review:make-dataset": (Role.CURATOR, Role.REVIEWER),
    "review:segment": (Role.ANALYST, Role.REVIEWER),  # a run and a review of one's own
    "review:decide": (Role.REVIEWER,),  # a review is work that is shared
    "review:save": (Role.REVIEWER,),
    "review:cancel-correction": (Role.REVIEWER,),  # a stuck one keeps others from correcting
    "review:compare": MEMBERS,
    "review:prepare": MEMBERS,
    "review:export-coco": MEMBERS,
    "api:image-segment": (Role.ANALYST, Role.REVIEWER),
    "api:review-item-corrections": (Role.REVIEWER,),
    "api:review-item-decision": (Role.REVIEWER,),
    "api:correction-cancel": (Role.REVIEWER,),
    "api:mask-prepare": MEMBERS,
}


def test_every_address_is_in_the_table() -> None:
    assert [name for name, _ in addresses() if door_of(name) is None] == []


def test_the_table_would_notice_a_new_address() -> None:
    assert door_of("planets:index") is None


def test_a_visitor_is_let_into_no_page_of_the_lab(world: World) -> None:
    assert refused(world, None, lambda door, code: code in {302, 401, 403, 404}) == []


def test_a_rater_sees_nothing_of_the_lab(world: World) -> None:
    rater = make_user(Role.RATER)

    def allowed(door: Door, code: int) -> bool:
        return code in ({403, 404} if door.thing else {200, 302, 403, 404, 409, 400, 422})

    assert refused(world, rater, allowed) == []


def test_a_member_finds_nothing_that_is_not_shared_with_them(world: World) -> None:
    """404 for a thing of somebody else, with every role that there is but the administrator's."""

    def allowed(door: Door, code: int) -> bool:
        return not door.thing or code in ({403, 404} if door.by_role else {404})

    assert refused(world, make_user(*MEMBERS), allowed) == []


@pytest.mark.parametrize("role", MEMBERS)
def test_no_single_role_opens_what_is_not_shared(world: World, role: Role) -> None:
    """Where another role is asked for first, 403 says so, and nothing of the thing."""

    def allowed(door: Door, code: int) -> bool:
        return not door.thing or code in {403, 404}

    assert refused(world, make_user(role), allowed) == []


@pytest.fixture(params=[Visibility.LAB, Visibility.SHARED])
def reader(request: pytest.FixtureRequest, world: World) -> User:
    """Somebody with all roles who may read everything, and owns nothing of it."""
    person = make_user(*MEMBERS)
    for kind in {type(world[name]) for name in OWNED}:
        kind.objects.update(visibility=request.param)
        if request.param == Visibility.SHARED:
            for thing in kind.objects.all():
                thing.shared_with.add(person)
    return person


def codes_of(world: World, who: User, *methods: str) -> dict[str, int]:
    """What every address of a thing answers, each in a transaction that is taken back."""
    found = {}
    client = signed_in(who)
    for name, groups in questions():
        door = door_of(name)
        assert door is not None
        for method in methods if door.thing and not door.public else ():
            with transaction.atomic():
                code = asked(client, world, name, groups, method)
                transaction.set_rollback(True)
            if code != 405:
                found[name] = code
    assert still_signed_in(client)
    return found


def test_what_is_shared_can_be_read_and_is_changed_by_its_owner_only(
    world: World, reader: User
) -> None:
    changed = codes_of(world, reader, "POST", "PUT", "PATCH", "DELETE")
    open_to_readers = {name for name, code in changed.items() if code not in {403, 404}}
    assert open_to_readers == set(READERS_MAY)
    read = codes_of(world, reader, "GET")
    for name in ("catalog:dataset", "runs:run", "runs:launch", "review:item", "survey:study"):
        assert read[name] == 200


@pytest.mark.parametrize("reader", [Visibility.LAB], indirect=True)
@pytest.mark.parametrize("role", MEMBERS)
def test_what_a_reader_may_do_takes_the_role_for_it(world: World, reader: User, role: Role) -> None:
    for other in MEMBERS:
        setattr(reader, f"is_{other.value}", other == role)
    reader.save()
    changed = codes_of(world, reader, "POST")
    done = {name for name, code in changed.items() if code not in {403, 404}}
    assert done == {name for name, needed in READERS_MAY.items() if role in needed}


def test_no_address_breaks_for_its_owner(world: World) -> None:
    wrong = []
    client = signed_in(world["owner"])
    session = client.cookies["sessionid"].value
    for name, groups in questions():
        door = door_of(name)
        assert door is not None
        for method in door.methods:
            # What a POST changes or deletes is there again for the next address; so is the session.
            client.cookies["sessionid"] = session
            with transaction.atomic():
                code = asked(client, world, name, groups, method)
                transaction.set_rollback(True)
            if code >= 500:
                wrong.append(f"{method} {name}: {code}")
    assert wrong == []
