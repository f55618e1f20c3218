"""The whole way of a file on object storage: upload, read, shown, packed, downloaded, deleted."""

import hashlib
import io
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import boto3  # type: ignore[import-untyped]
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from moto.server import ThreadedMotoServer
from pytest_django import Settings

from accounts.models import User
from catalog.models import Dataset, Image
from catalog.services import version_freeze
from config.storages import storages
from core.discarding import GRACE, files_sweep
from core.files import bytes_store, file_copy, file_open, storage_name
from core.models import StoredFile
from core.sending import KeptBytes
from exchange.models import Export, Import, Upload
from runs import workspace
from tests.pipeline.ingest import hostile
from tests.web.exchange.conftest import ended, send
from tests.web.exchange.test_exports import downloaded
from tests.web.exchange.test_tus import create, patch

pytestmark = [pytest.mark.django_db, pytest.mark.services]
BUCKET = "lab"


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    """A server that speaks S3, on a free port of this machine."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(autouse=True)
def bucket(
    endpoint: str, settings: Settings, monkeypatch: pytest.MonkeyPatch, storage: Path
) -> Iterator[Any]:
    """A bucket, and settings that come from the environment as the operations page says."""
    for name, value in {
        "BUCKET": BUCKET,
        "ENDPOINT": endpoint,
        "KEY": "key",
        "SECRET": "secret",
        "REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(f"SEMBLANCE_S3_{name}", value)
    settings.STORAGES = storages()
    client = boto3.client(
        "s3",
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id="key",
        aws_secret_access_key="secret",
    )
    client.create_bucket(Bucket=BUCKET)
    yield client
    assert not storage.exists(), "something was written to the folder that a bucket replaces"
    for key in keys(client):
        client.delete_object(Bucket=BUCKET, Key=key)
    client.delete_bucket(Bucket=BUCKET)
    client.close()


def keys(client: Any) -> set[str]:
    pages = client.get_paginator("list_objects_v2").paginate(Bucket=BUCKET)
    return {entry["Key"] for page in pages for entry in page.get("Contents", [])}


def content_of(client: Any, stored: StoredFile) -> bytes:
    answer = client.get_object(Bucket=BUCKET, Key=storage_name(stored.sha256))
    with answer["Body"] as body:
        return bytes(body.read())


def test_a_file_that_the_bucket_lacks_is_said_and_nothing_is_half_copied(
    bucket: Any, tmp_path: Path
) -> None:
    stored = bytes_store(b"gone")
    bucket.delete_object(Bucket=BUCKET, Key=storage_name(stored.sha256))
    with pytest.raises(FileNotFoundError):
        file_copy(stored, tmp_path / "copy")
    assert list(tmp_path.glob("copy*")) == []
    assert bytes_store(b"gone") == stored
    assert content_of(bucket, stored) == b"gone"


def test_a_large_file_is_read_by_way_of_the_disk_and_not_held_in_memory(bucket: Any) -> None:
    stored = bytes_store(bytes(12_000_000))
    with file_open(stored) as stream:
        stream.read(1)
        assert stream.file._rolled  # type: ignore[attr-defined]


@pytest.mark.usefixtures("bucket")
def test_of_a_large_file_only_the_part_that_is_asked_for_is_fetched(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    content = bytes(range(256)) * 40_000
    stored = bytes_store(content)

    def refuse(*_: object) -> None:
        raise AssertionError("the whole object was fetched")

    monkeypatch.setattr("core.sending.file_open", refuse)
    for start, length in ((0, len(content)), (9_000_000, 1_000), (len(content) - 1, 1)):
        kept = KeptBytes(stored)
        kept.narrow(start, length)
        with closing(kept):
            assert kept.read(600) == content[start : start + min(600, length)]
            with pytest.raises(io.UnsupportedOperation):
                kept.fileno()


def test_the_way_of_a_file_from_upload_to_download_leads_through_the_bucket(
    bucket: Any, signed_in: Client, dataset: Dataset, curator: User
) -> None:
    content = hostile.png(1, size=(64, 48))
    image = _uploaded(signed_in, dataset, content)

    # Everything that the database knows of lies in the bucket, byte by byte.
    assert image.file_id == hashlib.sha256(content).hexdigest()
    assert content_of(bucket, image.file) == content
    assert keys(bucket) == {storage_name(row.sha256) for row in StoredFile.objects.all()}

    thumbnail = signed_in.get(reverse("catalog:thumbnail", args=[image.pk]))
    shown = b"".join(thumbnail.streaming_content)  # type: ignore[attr-defined]
    assert shown == content_of(bucket, image.thumbnail)
    assert thumbnail["Content-Type"] == image.thumbnail.media_type
    assert int(thumbnail["Content-Length"]) == len(shown) == image.thumbnail.size_bytes

    version = version_freeze(dataset=dataset, by=curator)
    url = reverse("exchange:export-start", args=[version.pk])
    signed_in.post(url, {"layout": "originals"})
    export = Export.objects.get()
    with downloaded(signed_in, export) as packed:
        assert packed.read("images/a.png") == content
    inputs = {path.read_bytes() for path in workspace.root().glob("inputs/images-*/*.png")}
    assert inputs == {content}


def test_a_dataset_that_is_deleted_leaves_nothing_in_the_bucket(
    bucket: Any, signed_in: Client, dataset: Dataset, curator: User
) -> None:
    _uploaded(signed_in, dataset, hostile.png(1))
    signed_in.post(reverse("catalog:delete", args=[dataset.pk]), {"name": dataset.name})
    assert not Dataset.objects.exists()
    assert files_sweep() == 0
    assert keys(bucket), "files stay for a day"
    StoredFile.objects.update(discarded_at=timezone.now() - 2 * GRACE)
    assert files_sweep() > 0
    assert keys(bucket) == set()


def test_a_worker_without_any_folder_fetches_what_another_made(
    bucket: Any, signed_in: Client, dataset: Dataset
) -> None:
    image = _uploaded(signed_in, dataset, hostile.png(1))
    run = image.origin.run
    workspace.empty(run)
    out = workspace.fetch_output(run)
    for artifact in run.artifacts.select_related("file"):
        assert (out / artifact.path).read_bytes() == content_of(bucket, artifact.file)


def _uploaded(client: Client, dataset: Dataset, content: bytes) -> Image:
    """Send a file in two pieces and let the stage read it."""
    upload = create(client, dataset, size=len(content))["Location"]
    patch(client, upload, content[:50], offset=0)
    assert patch(client, upload, content[50:], offset=50).status_code == 204
    send(client, dataset, {}, uploads=Upload.objects.get().pk.hex)
    batch = ended(Import.objects.get())
    assert (batch.state, batch.problem) == (Import.State.DONE, "")
    return Image.objects.get()
