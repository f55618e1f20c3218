"""A disk that is full is said as such; nothing is half-written, and the same works later.

The causes are real: SQLite at its largest number of pages, PostgreSQL's own error, a small disk.
"""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection
from django.test import Client
from django.urls import reverse
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts.models import Role, User
from catalog.models import Dataset, Version
from core.files import bytes_store, file_open
from core.full_disk import is_full_disk
from core.models import AuditEntry, SentForm, StoredFile
from exchange.models import Import
from tests.web.factories import make_dataset, make_image, make_user

FULL = "The disk of the server is full. Nothing of this was stored"


TABLES = ("catalog_dataset", "catalog_version", "django_session")


@contextmanager
def full_database() -> Iterator[None]:
    """Leave the database no space for another row of these tables."""
    before = sqlite_without_space() if connection.vendor == "sqlite" else postgres_without_space()
    with connection.cursor() as cursor:
        try:
            for table in TABLES:
                cursor.execute(before.format(table=table))
            yield
        finally:
            for table in TABLES:
                on = "" if connection.vendor == "sqlite" else f" ON {table}"
                cursor.execute(f"DROP TRIGGER full_disk_{table}{on}")
            if connection.vendor == "sqlite":
                cursor.execute("PRAGMA max_page_count = 1073741823")
                cursor.execute("DROP TABLE ballast")


def sqlite_without_space() -> str:
    """No page can be added; a row that would fit into one at hand wants another with it."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE ballast (bytes)")
        cursor.execute("PRAGMA page_count")
        pages = cursor.fetchone()[0] + len(TABLES) + 8
        cursor.execute(f"PRAGMA max_page_count = {pages}")
    return (
        "CREATE TRIGGER full_disk_{table} BEFORE INSERT ON {table} "
        "BEGIN INSERT INTO ballast VALUES (zeroblob(10000000)); END"
    )


def postgres_without_space() -> str:
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE OR REPLACE FUNCTION no_space() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            "RAISE EXCEPTION 'could not extend file: No space left on device' "
            "USING ERRCODE = 'disk_full'; END $$"
        )
    return (
        "CREATE TRIGGER full_disk_{table} BEFORE INSERT ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION no_space()"
    )


@pytest.fixture
def curator(transactional_db: None) -> User:
    return make_user(Role.CURATOR)


def client_of(user: User) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


FIELDS = {"name": "Gold", "kind": "real", "visibility": "private"}


def test_a_page_says_it_and_the_same_form_works_when_there_is_space(
    curator: User, settings: Settings
) -> None:
    client, where = client_of(curator), reverse("catalog:new")
    with full_database():
        refused = client.post(where, FIELDS)
        assert client.get(where).status_code == 200
    assert refused.status_code == 507
    assert refused["Content-Security-Policy"]
    said = refused.content.decode()
    assert FULL in said
    assert "Reloading this page sends the same again." in said
    if connection.vendor == "sqlite":
        assert f"Free some space in {settings.SEMBLANCE_HOME}, then send it again." in said
    else:
        assert "Free some space on the disk of the database (" in said
    assert not Dataset.objects.exists()
    assert not AuditEntry.objects.exists()
    assert client.post(where, FIELDS).status_code == 302
    assert Dataset.objects.count() == 1


def test_a_form_that_does_its_work_once_was_not_done(curator: User) -> None:
    dataset = make_dataset(owner=curator)
    make_image(dataset=dataset)
    client, where = client_of(curator), reverse("catalog:freeze", args=[dataset.pk])
    fields = {"note": "a", "once": "a" * 32}
    with full_database():
        assert client.post(where, fields).status_code == 507
    assert not Version.objects.exists()
    assert not SentForm.objects.exists()
    assert client.post(where, fields).status_code == 303
    assert Version.objects.count() == 1


def test_the_api_and_a_fragment_say_it_in_their_own_ways(curator: User) -> None:
    script = APIClient(raise_request_exception=False)
    script.force_authenticate(curator)
    page = client_of(curator)
    with full_database():
        told = script.post("/api/datasets/", FIELDS)
        part = page.post(reverse("catalog:new"), FIELDS, headers={"HX-Request": "true"})
        sent = page.post(reverse("catalog:new"), FIELDS, headers={"Accept": "application/json"})
    assert [told.status_code, part.status_code, sent.status_code] == [507] * 3
    assert told.json()["detail"].startswith(FULL)
    assert sent.json()["detail"].startswith(FULL)
    assert part["Content-Type"].startswith("text/plain")
    assert part.content.decode().startswith(FULL)
    assert script.post("/api/datasets/", FIELDS).status_code == 201


def test_who_is_not_signed_in_is_told_of_no_folder(
    transactional_db: None, settings: Settings
) -> None:
    User.objects.create_user(username="anna", password="a phrase of hers")
    client = Client(raise_request_exception=False)
    with full_database():
        refused = client.post(
            reverse("accounts:sign-in"), {"username": "anna", "password": "a phrase of hers"}
        )
    assert refused.status_code == 507
    said = refused.content.decode()
    assert "Tell whoever runs this server" in said
    assert str(settings.SEMBLANCE_HOME) not in said


@pytest.fixture
def small_disk(tmp_path: Path, settings: Settings) -> Iterator[Path]:
    """A storage that holds half a megabyte."""
    small = tmp_path / "small"
    small.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", str(small)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("no small disk can be made here (mount needs root)")
    settings.MEDIA_ROOT = small
    try:
        yield small
    finally:
        subprocess.run(["umount", "--lazy", small], check=True)


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_half_a_file_never_has_the_name_of_the_whole(curator: User, small_disk: Path) -> None:
    content = bytes(range(256)) * 4096  # 1 MB
    with pytest.raises(OSError, match="No space left"):
        bytes_store(content)
    assert files_in(small_disk) == []
    subprocess.run(["mount", "-o", "remount,size=8m", small_disk], check=True)
    with file_open(bytes_store(content)) as stream:
        assert stream.read() == content


def test_an_upload_names_the_folder_and_takes_nothing_until_there_is_space(
    curator: User, small_disk: Path
) -> None:
    dataset = make_dataset(owner=curator)
    script = APIClient(raise_request_exception=False)
    script.force_authenticate(curator)
    said: dict[str, str] = {}

    def upload() -> int:
        nonlocal said
        chosen = [
            SimpleUploadedFile("small.png", b"1" * 1000),
            SimpleUploadedFile("large.png", b"2" * 1_000_000),
        ]
        answer = script.post(
            f"/api/datasets/{dataset.pk}/uploads/", {"files": chosen}, format="multipart"
        )
        said = answer.json()
        return int(answer.status_code)

    assert upload() == 507
    assert f"Free some space in {small_disk}, then send it again." in said["detail"]
    assert not Import.objects.exists()
    # What came before the disk was full goes with the sweep of discarded files.
    assert not StoredFile.objects.filter(discarded_at=None).exists()
    subprocess.run(["mount", "-o", "remount,size=8m", small_disk], check=True)
    assert upload() == 201
    assert Import.objects.count() == 1
    assert not StoredFile.objects.exclude(discarded_at=None).exists()


def test_another_error_is_no_full_disk(curator: User) -> None:
    assert not is_full_disk(OSError(5, "Input/output error"))
    assert not is_full_disk(OperationalError("database is locked"))
    client = client_of(curator)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE catalog_dataset RENAME TO elsewhere")
        try:
            broken = client.get(reverse("catalog:index"))
        finally:
            cursor.execute("ALTER TABLE elsewhere RENAME TO catalog_dataset")
    assert broken.status_code == 500
    assert "Something broke on our side" in broken.content.decode()
