"""Sharing: only by who owns it, only with people who may see it."""

import pytest
from django.core.exceptions import PermissionDenied
from django.template import Context, Template
from django.test import RequestFactory

from accounts import services
from accounts.errors import Refused
from accounts.forms import SharingForm
from accounts.models import Role, User
from accounts.sharing import share_view
from catalog.models import Dataset
from core.access import Visibility
from core.models import AuditEntry
from tests.web.factories import make_dataset, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def dataset() -> Dataset:
    return make_dataset(name="Titania")


def seen_by(user: User) -> list[Dataset]:
    return list(Dataset.objects.visible_to(user))


def test_somebody_elses_is_not_shared_even_by_who_sees_it(dataset: Dataset) -> None:
    other = make_user(Role.CURATOR)
    services.share(obj=dataset, by=dataset.owner, visibility=Visibility.LAB)
    with pytest.raises(PermissionDenied):
        services.share(obj=dataset, by=other, visibility=Visibility.PRIVATE)
    dataset.refresh_from_db()
    assert dataset.visibility == Visibility.LAB


@pytest.mark.parametrize("visibility", ["", "everybody", "PRIVATE"])
def test_another_word_is_refused(dataset: Dataset, visibility: str) -> None:
    with pytest.raises(Refused):
        services.share(obj=dataset, by=dataset.owner, visibility=visibility)


def test_raters_cannot_be_named_and_nobody_is_nobody(dataset: Dataset) -> None:
    shared = Visibility.SHARED
    with pytest.raises(Refused, match="judge images only"):
        services.share(
            obj=dataset, by=dataset.owner, visibility=shared, people=[make_user(Role.RATER)]
        )
    with pytest.raises(Refused, match="at least one person"):
        services.share(obj=dataset, by=dataset.owner, visibility=shared, people=[dataset.owner])
    assert dataset.shared_with.count() == 0


def test_named_people_see_it_until_it_is_private_again(dataset: Dataset) -> None:
    named, other = make_user(Role.ANALYST), make_user(Role.ANALYST)
    services.share(obj=dataset, by=dataset.owner, visibility=Visibility.SHARED, people=[named])
    assert (seen_by(named), seen_by(other)) == ([dataset], [])
    services.share(obj=dataset, by=dataset.owner, visibility=Visibility.PRIVATE, people=[named])
    assert seen_by(named) == []
    assert dataset.shared_with.count() == 0
    actions = AuditEntry.objects.filter(action="shared").order_by("pk")
    assert [entry.details["people"] for entry in actions] == [[named.pk], []]


def test_the_form_names_who_is_unknown() -> None:
    anna = make_user(Role.CURATOR, name="anna")
    make_user(Role.CURATOR, name="gone", is_active=False)
    form = SharingForm({"visibility": "shared", "people": "anna, bob,gone ,"})
    assert form.errors == {"people": ["Nobody here is called bob, gone."]}
    form = SharingForm({"visibility": "shared", "people": " anna ,anna"})
    assert form.is_valid()
    assert form.cleaned_data["people"] == [anna]


@pytest.mark.urls("tests.browser.gallery")
def test_the_owner_gets_a_form_and_others_a_sentence(dataset: Dataset, rf: RequestFactory) -> None:
    services.share(obj=dataset, by=dataset.owner, visibility=Visibility.LAB)
    pages = []
    for user in (dataset.owner, make_user(Role.CURATOR)):
        request = rf.get("/")
        request.user = user
        template = Template("{% load sharing %}{% sharing dataset '/share' %}")
        pages.append(template.render(Context({"request": request, "dataset": dataset})))
    assert 'action="/share"' in pages[0]
    assert "<form" not in pages[1]
    assert f"It belongs to {dataset.owner}" in pages[1]


def test_a_form_with_a_mistake_comes_back_with_what_was_said(
    dataset: Dataset, rf: RequestFactory
) -> None:
    request = rf.post("/share", {"visibility": "shared", "people": "bob"})
    request.user = dataset.owner
    response = share_view(request, obj=dataset, back="/back")
    assert response.status_code == 422
    text = response.content.decode()
    assert "Nobody here is called bob" in text
    assert 'value="bob"' in text
    assert 'action="/share"' in text
