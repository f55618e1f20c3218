from collections.abc import Callable

import pytest
from django.urls import reverse

from accounts.models import Role
from catalog.filters import ImageFilter
from catalog.models import NearDuplicate
from catalog.services import bulk_start, dataset_edit
from catalog.urls import urlpatterns
from tests.web.access import Door, changing, make_people, reading, uncovered, walk
from tests.web.factories import make_dataset, make_file, make_image, make_user, make_version

pytestmark = pytest.mark.django_db

# Addresses of a dataset by the kind of object whose key they carry.
READ = {
    "dataset": ["dataset", "versions", "duplicates"],
    "image": ["image", "image-view", "thumbnail", "image-truth", "image-original"],
    "version": ["version", "version-manifest"],
    "edit": ["edit"],
}
CHANGE: dict[str, dict[str, dict[str, str]]] = {
    "dataset": {
        "change": {"action": "include", "scope": "matching"},
        "freeze": {},
        "settings": {"name": "Changed", "visibility": "private"},
        "delete": {"name": "Changed"},
    },
    "image": {
        "image-describe": {"split": "train"},
        "image-scale": {"nm_per_px": "2"},
        "image-bar": {"data_bar_row": "5"},
        "image-use": {"reason": "blurred"},
        "image-delete": {},
    },
    "edit": {"edit-continue": {}, "edit-stop": {}},
    "pair": {"decide": {"decision": "kept"}},
}


@pytest.fixture
def world() -> dict[str, int]:
    """A dataset with something of each kind; keys by kind."""
    image = make_image(phash="c3a5b17e0f9d2846", truth=make_file(bits=16))
    dataset = image.dataset
    make_image(dataset=dataset, phash="c3a5b17e0f9d2846")
    edit = bulk_start(
        dataset=dataset, by=dataset.owner, action="include", value={}, matching=ImageFilter()
    )
    return {
        "dataset": dataset.pk,
        "image": image.pk,
        "version": make_version(dataset=dataset).pk,
        "edit": edit.pk,
        "pair": NearDuplicate.objects.get().pk,
    }


def doors(world: dict[str, int], *, seen: bool) -> list[Door]:
    """Every address that carries the key of an object."""
    found = [
        Door(url=reverse(f"catalog:{name}", args=[world[kind]]), expected=reading(seen=seen))
        for kind, names in READ.items()
        for name in names
    ]
    for kind, named in CHANGE.items():
        for name, data in named.items():
            url = reverse(f"catalog:{name}", args=[world[kind]])
            expected = changing(seen=seen, role=Role.CURATOR)
            found.append(Door(url=url, method="post", data=data, expected=expected))
    settings = reverse("catalog:settings", args=[world["dataset"]])
    expected = changing(seen=seen, role=Role.CURATOR, answer=200)
    return [*found, Door(url=settings, expected=expected)]


@pytest.mark.parametrize("visibility", ["private", "shared", "lab"])
def test_every_address_answers_each_role_as_it_should(
    world: dict[str, int], visibility: str
) -> None:
    from catalog.models import Dataset

    dataset = Dataset.objects.get(pk=world["dataset"])
    guest = make_user(Role.CURATOR)
    dataset_edit(
        dataset=dataset,
        by=dataset.owner,
        name=dataset.name,
        description="",
        source="",
        licence="",
        visibility=visibility,
        shared_with=[guest],
    )
    people = make_people(owner=dataset.owner, guest=guest)
    found = []
    for door in doors(world, seen=visibility == "lab"):
        expected = dict(door.expected)
        if visibility == "shared":
            reads = door.expected["analyst"] != 403
            expected["guest"] = door.expected["owner"] if reads else 403
        found.append(Door(url=door.url, method=door.method, data=door.data, expected=expected))
    assert walk(found, people) == []


def test_lists_and_new_ones_ask_for_a_role() -> None:
    people = make_people(owner=make_user(Role.CURATOR))
    members = reading(seen=True)
    curators = changing(seen=True, role=Role.CURATOR, answer=200) | {"curator": 200}
    made = {role: 302 if status == 200 else status for role, status in curators.items()}
    data = {"name": "Gold", "kind": "real", "visibility": "private"}
    new = reverse("catalog:new")
    tried = [
        Door(url=reverse("catalog:index"), expected=members),
        Door(url=new, expected=curators),
        Door(url=new, method="post", data=data, expected=made),
    ]
    assert walk(tried, people) == []


def test_no_address_is_forgotten() -> None:
    tried = {name for names in READ.values() for name in names}
    tried |= {name for named in CHANGE.values() for name in named} | {"index", "new"}
    assert uncovered(urlpatterns, tried) == set()
    assert uncovered(urlpatterns, tried - {"freeze"}) == {"freeze"}


def test_an_owner_who_is_no_curator_reads_and_does_not_change(world: dict[str, int]) -> None:
    dataset = make_dataset(owner=make_user(Role.ANALYST))
    people = {"owner": dataset.owner}
    tried = [
        Door(url=reverse("catalog:dataset", args=[dataset.pk]), expected={"owner": 200}),
        Door(
            url=reverse("catalog:freeze", args=[dataset.pk]),
            method="post",
            expected={"owner": 403},
        ),
    ]
    assert walk(tried, people) == []


@pytest.mark.parametrize("key", [0, 10**18, 10**30])
def test_a_key_that_cannot_be_is_not_found(key: int, client_of: Callable[..., object]) -> None:
    client = client_of(make_user(Role.CURATOR))
    names = [name for named in (*READ.values(), *CHANGE.values()) for name in named]
    for name in names:
        url = reverse(f"catalog:{name}", args=[key])
        response = client.get(url)  # type: ignore[attr-defined]
        assert response.status_code in {404, 405}, url
        assert client.post(url).status_code in {404, 405}, url  # type: ignore[attr-defined]
