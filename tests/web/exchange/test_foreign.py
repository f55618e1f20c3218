"""Every address of imports, uploads and exports, by who has no business there."""

import uuid

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Role
from catalog.models import Dataset
from exchange.models import Export, Import, Upload
from exchange.urls import urlpatterns
from tests.web.factories import make_dataset, make_run, make_user, make_version

pytestmark = pytest.mark.django_db

TUS = {"Tus-Resumable": "1.0.0"}
# method, how the object is named; the index and the published sets have no object.
ADDRESSES = {
    "upload": ("get", "dataset"),
    "import-files": ("post", "dataset"),
    "import-folder": ("post", "dataset"),
    "tus-create": ("post", "dataset"),
    "tus-upload": ("head", "upload"),
    "batch": ("get", "batch"),
    "batch-progress": ("get", "batch"),
    "export": ("get", "version"),
    "export-progress": ("get", "version"),
    "export-start": ("post", "version"),
    "metadata": ("get", "version"),
    "download": ("get", "export"),
}


@pytest.fixture
def foreign() -> dict[str, object]:
    """Objects of one person, by what an address names."""
    owner = make_user(Role.CURATOR)
    dataset = make_dataset(owner=owner)
    version = make_version(dataset=dataset)
    run = make_run(owner=owner, stage="export")
    upload = Upload.objects.create(owner=owner, dataset=dataset, name="x", size_bytes=1)
    return {
        "dataset": dataset.pk,
        "version": version.pk,
        "batch": Import.objects.create(dataset=dataset, title="x").pk,
        "export": Export.objects.create(version=version, layout="originals", run=run).pk,
        "upload": upload.pk,
    }


def ask(client: Client, name: str, key: object) -> int:
    method = ADDRESSES[name][0]
    # Well-formed, so that only whose it is can be the reason.
    data = {"token": str(uuid.uuid4()), "layout": "originals", "folder-path": "/"}
    url = reverse(f"exchange:{name}", args=[key])
    answer = client.post(url, data, headers=TUS) if method == "post" else client.get(url)
    if method == "head":
        answer = client.head(url, headers=TUS)
    return answer.status_code


def test_no_address_is_forgotten() -> None:
    without_object = {"index", "published"}
    assert {pattern.name for pattern in urlpatterns} == set(ADDRESSES) | without_object


@pytest.mark.parametrize("name", ADDRESSES)
def test_what_is_foreign_is_not_there(
    client: Client, foreign: dict[str, object], name: str
) -> None:
    client.force_login(make_user(*(role for role in Role)))
    status = ask(client, name, foreign[ADDRESSES[name][1]])
    # Folders of the server are for administrators, whoever owns the dataset.
    assert status == (403 if name == "import-folder" else 404)


@pytest.mark.parametrize("name", ADDRESSES)
def test_what_does_not_exist_is_not_there_even_for_administrators(
    admin_client: Client, name: str
) -> None:
    key: object = uuid.uuid4() if name == "tus-upload" else 999_999
    assert ask(admin_client, name, key) == 404


@pytest.mark.parametrize("name", ADDRESSES)
def test_a_rater_gets_nowhere(client: Client, foreign: dict[str, object], name: str) -> None:
    Dataset.objects.update(visibility="lab")
    client.force_login(make_user(Role.RATER))
    assert ask(client, name, foreign[ADDRESSES[name][1]]) in {403, 404}


@pytest.mark.parametrize("name", ADDRESSES)
def test_a_visitor_is_sent_to_sign_in(
    client: Client, foreign: dict[str, object], name: str
) -> None:
    status = ask(client, name, foreign[ADDRESSES[name][1]])
    assert status == (401 if name.startswith("tus") else 302)
