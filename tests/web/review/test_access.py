"""Every address of a review x every role x one's own, shared and foreign."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Role, User
from core.access import Visibility
from review.models import Comparison, Correction, Progress, Review, ReviewItem
from tests.web.factories import make_file, make_user
from tests.web.review.making import first_item, make_review

pytestmark = pytest.mark.django_db


@pytest.fixture
def review() -> Review:
    return make_review()


def addresses(item: ReviewItem) -> dict[str, str]:
    assert item.head is not None
    version = item.head
    comparison, _ = Comparison.objects.get_or_create(
        item=item,
        first=version,
        truth=version.labels,
        defaults={"progress": Progress.DONE, "matches": make_file()},
    )
    correction, _ = Correction.objects.get_or_create(
        item=item, base=version, edits=[], defaults={"progress": Progress.REFUSED}
    )
    read = {
        "review": [item.review_id],
        "item": [item.pk],
        "crops": [item.pk],
        "view": [item.pk],
        "thumbnail": [item.pk],
        "labels": [version.pk],
        "particles": [version.pk],
        "correction": [correction.pk],
        "comparison": [comparison.pk],
    }
    found = {name: reverse(f"review:{name}", args=args) for name, args in read.items()}
    found["export"] = reverse("review:export", args=[version.pk, "csv"])
    found["export-review"] = reverse("review:export-review", args=[item.review_id, "csv"])
    found["compared"] = reverse("review:compared", args=[comparison.pk, "matches.json"])
    return found


CHANGES = ("decide", "save", "share", "cancel-correction", "make-dataset", "compare", "prepare")


def changes(item: ReviewItem) -> dict[str, str]:
    assert item.head is not None
    correction = Correction.objects.create(
        item=item, base=item.head, edits=[], progress=Progress.REFUSED
    )
    keys = {
        "share": item.review_id,
        "make-dataset": item.review_id,
        "export-coco": item.review_id,
        "cancel-correction": correction.pk,
        "prepare": item.head_id,
    }
    names = (*CHANGES, "export-coco")
    return {name: reverse(f"review:{name}", args=[keys.get(name, item.pk)]) for name in names}


def statuses(client: Client, ask: Callable[[str], Any], urls: dict[str, str]) -> dict[str, int]:
    found = {}
    for name, url in urls.items():
        answer = ask(url)
        found[name] = answer.status_code
        answer.close()
    return found


def test_a_visitor_is_sent_to_sign_in(client: Client, review: Review) -> None:
    item = first_item(review)
    everything = addresses(item)
    assert set(statuses(client, client.get, everything).values()) == {302}
    assert set(statuses(client, client.post, changes(item)).values()) == {302}


def test_a_rater_is_kept_out(client: Client, review: Review) -> None:
    review.visibility = Visibility.LAB
    review.save()
    client.force_login(make_user(Role.RATER))
    item = first_item(review)
    assert set(statuses(client, client.get, addresses(item)).values()) == {403}
    assert set(statuses(client, client.post, changes(item)).values()) == {403}


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.RATER])
def test_a_foreign_private_review_is_not_there(client: Client, review: Review, role: Role) -> None:
    client.force_login(make_user(role))
    item = first_item(review)
    assert set(statuses(client, client.get, addresses(item)).values()) == {404}
    assert set(statuses(client, client.post, changes(item)).values()) == {404}


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.RATER])
def test_a_shared_review_may_be_seen_by_members_and_corrected_by_reviewers(
    client: Client, review: Review, role: Role
) -> None:
    person = make_user(role)
    review.visibility = Visibility.SHARED
    review.save()
    review.shared_with.add(person)
    client.force_login(person)
    item = first_item(review)
    assert set(statuses(client, client.get, addresses(item)).values()) == {200}
    posted = statuses(client, client.post, changes(item))
    assert posted["share"] == 403, "its title and who sees it are its owner's"
    refused = {name for name in ("decide", "save") if posted[name] == 403}
    assert refused == (set() if role is Role.REVIEWER else {"decide", "save"})


def test_an_owner_may_do_everything(client: Client, review: Review) -> None:
    client.force_login(review.owner)
    item = first_item(review)
    assert set(statuses(client, client.get, addresses(item)).values()) == {200}
    posted = statuses(client, client.post, changes(item))
    assert 403 not in posted.values()
    assert 404 not in posted.values()


def test_reading_addresses_refuse_posts_and_changing_ones_refuse_gets(
    client: Client, review: Review
) -> None:
    client.force_login(review.owner)
    item = first_item(review)
    assert set(statuses(client, client.post, addresses(item)).values()) == {405}
    assert set(statuses(client, client.get, changes(item)).values()) == {405}


@pytest.mark.parametrize("name", ["item", "correction", "labels", "comparison", "review"])
def test_what_is_not_there_is_not_found(client: Client, name: str) -> None:
    client.force_login(make_user(Role.REVIEWER))
    assert client.get(reverse(f"review:{name}", args=[99])).status_code == 404


def test_a_segmentation_needs_an_image_that_one_sees_and_a_role(client: Client) -> None:
    from tests.web.factories import make_image

    image = make_image()
    url = reverse("review:segment", args=[image.pk])
    client.force_login(make_user(Role.ANALYST))
    assert client.post(url).status_code == 404
    image.dataset.visibility = Visibility.LAB
    image.dataset.save()
    client.force_login(make_user(Role.CURATOR))
    assert client.post(url).status_code == 403


def test_sharing_with_somebody_unknown_changes_nothing(client: Client, review: Review) -> None:
    client.force_login(review.owner)
    data = {"title": "New", "visibility": "shared", "shared_with": "nobody-here"}
    answer = client.post(reverse("review:share", args=[review.pk]), data, follow=True)
    assert "Nobody here is named nobody-here" in answer.content.decode()
    review.refresh_from_db()
    assert review.title == "TiO2"


def test_the_list_shows_what_may_be_seen(client: Client, review: Review) -> None:
    stranger: User = make_user(Role.ANALYST)
    client.force_login(stranger)
    assert "TiO2" not in client.get(reverse("review:index")).content.decode()
    client.force_login(review.owner)
    assert "TiO2" in client.get(reverse("review:index")).content.decode()
