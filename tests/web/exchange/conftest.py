"""A curator with a dataset, and imports that are worked on at once by the real stage."""

import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import Role, User
from catalog.models import Dataset
from exchange.models import Import
from runs.local import run_here
from tests.web.factories import make_dataset, make_user

Post = Callable[..., Import]


@pytest.fixture
def curator(db: None) -> User:
    return make_user(Role.CURATOR, name="curator")


@pytest.fixture
def dataset(curator: User) -> Dataset:
    return make_dataset(owner=curator, name="Gold")


@pytest.fixture
def signed_in(curator: User, client: Client) -> Client:
    client.force_login(curator)
    return client


def send(client: Client, dataset: Dataset, files: dict[str, bytes], **fields: Any) -> Any:
    """Post the upload form as a browser without scripts does."""
    chosen = [SimpleUploadedFile(name, content) for name, content in files.items()]
    data = {"chosen": chosen, "token": str(uuid.uuid4()), **fields}
    return client.post(reverse("exchange:import-files", args=[dataset.pk]), data)


def ended(batch: Import) -> Import:
    """Let the stage of an import do its work here."""
    assert batch.run is not None
    run_here(batch.run)
    batch.refresh_from_db()
    return batch


@pytest.fixture
def imported(signed_in: Client, dataset: Dataset) -> Post:
    """Upload files into the dataset and let them be read."""

    def post(files: dict[str, bytes], **fields: Any) -> Import:
        response = send(signed_in, dataset, files, **fields)
        assert response.status_code == 302, response.content.decode()
        found = re.fullmatch(r"/exchange/imports/(\d+)/", response["Location"])
        assert found is not None
        return ended(Import.objects.get(pk=found[1]))

    return post


def reasons(batch: Import) -> dict[str, str]:
    """What was left out, and the kind of reason."""
    return {line.name: line.kind for line in batch.lines.filter(outcome="refused")}
