"""A form that is sent twice does its work once."""

import re
import threading
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Invitation, Role, User
from catalog.models import Dataset, Image, Version
from core.models import AuditEntry, SentForm
from review.models import Comparison
from review.models import State as ItemState
from review.services import item_decide
from runs.models import Run, RunInput, Status, WorkerPresence
from runs.services import run_start
from survey.models import Invitation as StudyInvitation
from survey.models import Study
from tests.web.factories import make_dataset, make_image, make_run, make_user
from tests.web.review.making import discs, first_item, make_review, png
from tests.web.runs_pages.test_forms import posted
from tests.web.survey.makers import make_draft, make_open
from tour.models import Tour

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("storage")]


@pytest.fixture
def somebody() -> User:
    return make_user(Role.ANALYST, Role.CURATOR, Role.ORGANISER, Role.REVIEWER)


@pytest.fixture
def dataset(somebody: User) -> Dataset:
    dataset = make_dataset(owner=somebody)
    make_image(dataset=dataset)
    return dataset


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def form_of(client: Client, page: str, action: str) -> dict[str, Any]:
    """The fields of the form on a page that is sent to `action`, as a browser would send them."""
    text = client.get(page).content.decode()
    forms = re.findall(r"<form.*?</form>", text, re.S)
    named = [one for one in forms if f'action="{action}"' in one]
    form = named[0] if named else next(one for one in forms if "action=" not in one)
    names = re.findall(r'<input type="hidden" name="(once)" value="([^"]+)"', form)
    assert names, "the form has no key of its own"
    return dict(names)


def filled(client: Client, where: str) -> dict[str, Any]:
    """A stage's form as it comes, for one scene."""
    return posted(client.get(where).context["form"]) | {"scenes": 1}


def started(what: str, somebody: User, dataset: Dataset) -> tuple[str, str, dict[str, Any], Any]:
    """The page of a form, where it is sent, what is filled in, and what it makes."""
    if what == "run":
        where = reverse("runs:new-stage", args=["simulate"])
        return where, where, filled(signed_in(somebody), where), Run
    if what == "retry":
        run = run_start(owner=somebody, stage="simulate", spec={"scenes": 1})
        Run.objects.filter(pk=run.pk).update(status=Status.FAILED)
        return reverse("runs:run", args=[run.pk]), reverse("runs:retry", args=[run.pk]), {}, Run
    if what == "tour":
        return reverse("tour:home"), reverse("tour:start"), {"size": "quick"}, Tour
    if what == "copy":
        study = make_draft(owner=somebody)
        pages = [reverse(f"survey:{name}", args=[study.pk]) for name in ("study", "copy")]
        return pages[0], pages[1], {}, Study
    if what == "segment":
        image = make_image(dataset=dataset)
        return (
            reverse("catalog:image", args=[image.pk]),
            reverse("review:segment", args=[image.pk]),
            {},
            Run,
        )
    if what in {"corrected", "comparison"}:
        review = make_review(owner=somebody)
        item = first_item(review)
        if what == "corrected":
            item_decide(item=item, by=somebody, state=ItemState.ACCEPTED)
            pages = [
                reverse(f"review:{name}", args=[review.pk]) for name in ("review", "make-dataset")
            ]
            return pages[0], pages[1], {}, Dataset
        assert item.image is not None
        image_truth(item.image)
        pages = [reverse(f"review:{name}", args=[item.pk]) for name in ("item", "compare")]
        return pages[0], pages[1], {"with": "truth"}, Comparison
    where = reverse("catalog:versions", args=[dataset.pk])
    return where, reverse("catalog:freeze", args=[dataset.pk]), {"note": "a"}, Version


def image_truth(image: Image) -> None:
    Image.objects.filter(pk=image.pk).update(truth=png(discs()))


@pytest.mark.parametrize(
    "what",
    ["run", "retry", "tour", "version", "copy", "segment", "corrected", "comparison"],
)
def test_a_form_posted_twice_starts_one_thing_and_leads_there(
    what: str, somebody: User, dataset: Dataset
) -> None:
    client = signed_in(somebody)
    page, where, fields, model = started(what, somebody, dataset)
    before = model.objects.count()
    data = fields | form_of(client, page, where)
    answers = [client.post(where, data) for _ in range(3)]
    assert {answer.status_code for answer in answers} <= {302, 303}
    assert len({answer["Location"] for answer in answers}) == 1
    assert model.objects.count() == before + 1
    # What was changed, or comes from a fresh page, is a new wish.
    client.post(where, fields | form_of(client, page, where))
    assert model.objects.count() == before + 2


def test_what_was_refused_may_be_sent_again(somebody: User) -> None:
    client = signed_in(somebody)
    where = reverse("runs:new-stage", args=["simulate"])
    key = filled(client, where) | form_of(client, where, where)
    assert client.post(where, key | {"scenes": 0}).status_code == 422
    assert client.post(where, key | {"scenes": 0}).status_code == 422
    assert not SentForm.objects.exists()
    assert client.post(where, key).status_code == 302


def test_a_refusal_that_leads_back_to_the_page_is_no_work_that_was_done(
    somebody: User,
) -> None:
    """A worker with a GPU comes; the button of the page that is open still works."""
    client = signed_in(somebody)
    run = make_run(
        owner=somebody, stage="segment-train", status=Status.FAILED, spec={"device": "cuda:0"}
    )
    RunInput.objects.create(run=run, field="pairs", source_run=make_run(owner=somebody))
    page, where = reverse("runs:run", args=[run.pk]), reverse("runs:retry", args=[run.pk])
    key = form_of(client, page, where)
    assert client.post(where, key)["Location"] == page
    assert not SentForm.objects.exists()
    WorkerPresence.objects.create(
        name="gpu@lab", queues=["gpu"], device="NVIDIA H100", seen_at=timezone.now()
    )
    assert client.post(where, key)["Location"] != page
    assert Run.objects.filter(cloned_from=run).count() == 1


def test_the_key_of_somebody_else_leads_nowhere(somebody: User) -> None:
    where = reverse("runs:new-stage", args=["simulate"])
    data = filled(signed_in(somebody), where) | {"once": "a" * 32}
    first = signed_in(somebody).post(where, data)
    second = signed_in(make_user(Role.ANALYST)).post(where, data)
    assert first["Location"] != second["Location"]


@pytest.mark.parametrize("kind", ["personal", "open", "account"])
def test_a_form_for_links_posted_twice_makes_them_once_and_shows_the_same_again(
    kind: str, somebody: User
) -> None:
    client, where, page, fields, model = inviting(kind, somebody)
    data = fields | form_of(client, page, where)
    shown = [links_in(client.post(where, data)) for _ in range(2)]
    wanted = 3 if kind == "personal" else 1
    assert len(set(shown[0])) == wanted
    assert shown[1] == shown[0]
    assert model.objects.count() == wanted
    assert AuditEntry.objects.filter(action__endswith="invited").count() == (kind != "account")
    # Each link leads somewhere, and the form's own key is kept nowhere.
    assert {Client().get(link).status_code for link in shown[0]} <= {200, 302}
    assert not SentForm.objects.exists()
    # A fresh page, and the same key from somebody else, are new wishes.
    assert not set(links_in(client.post(where, fields | form_of(client, page, where)))) & set(
        shown[0]
    )
    other = make_user(Role.ORGANISER, is_superuser=True)
    assert not set(links_in(signed_in(other).post(where, data))) & set(shown[0])
    assert model.objects.count() == 3 * wanted


def inviting(kind: str, somebody: User) -> tuple[Client, str, str, dict[str, Any], Any]:
    if kind == "account":
        where = reverse("accounts:people-invite")
        client = signed_in(make_user(is_superuser=True))
        return client, where, where, {"roles": ["rater"], "days": "7", "note": "A"}, Invitation
    study = make_open(owner=somebody)
    study.invitations.all().delete()
    fields = {"kind": kind, "count": "3", "quota": "5", "label": "Group"}
    page, where = (reverse(f"survey:{name}", args=[study.pk]) for name in ("study", "invite"))
    return signed_in(somebody), where, page, fields, StudyInvitation


def links_in(response: Any) -> list[str]:
    """The paths of the links on the page that shows them."""
    assert response.status_code == 200
    found = re.findall(r'class="secret">http://testserver([^<]+)<', response.content.decode())
    return [str(one) for one in found]


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_the_same_time_start_one_run(somebody: User) -> None:
    where = reverse("runs:new-stage", args=["simulate"])
    data = filled(signed_in(somebody), where) | {"once": "b" * 32}
    found: list[str] = []
    ready = threading.Barrier(3)

    def click() -> None:
        client = signed_in(somebody)
        ready.wait()
        try:
            found.append(client.post(where, data)["Location"])
        finally:
            connection.close()

    threads = [threading.Thread(target=click) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 3
    assert len(set(found)) == 1
    assert Run.objects.count() == 1
