"""The tus protocol 1.0: who may, how far it came, what is refused, and a cut in the middle."""

import base64
import hashlib
import shutil
import socket
import time
import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as live_settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from filelock import FileLock
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer
from rest_framework.authtoken.models import Token

from accounts.models import Role, User
from catalog.models import Dataset
from core.files import file_open
from exchange.models import Import, Upload
from exchange.services import uploads
from tests.pipeline.ingest import hostile
from tests.web.exchange.conftest import ended, send
from tests.web.factories import make_dataset, make_user

TUS = {"Tus-Resumable": "1.0.0"}
PIECE = "application/offset+octet-stream"


@pytest.fixture(autouse=True)
def _database(db: None) -> None:
    """Every test here has rows."""


def named(name: str) -> str:
    return f"filename {base64.b64encode(name.encode()).decode()},other,broken %%%"


def create(client: Client, dataset: Dataset, *, size: int | str, name: str = "a.png") -> Any:
    return client.post(
        reverse("exchange:tus-create", args=[dataset.pk]),
        content_type="",
        headers={**TUS, "Upload-Length": str(size), "Upload-Metadata": named(name)},
    )


def patch(client: Client, url: str, content: bytes, *, offset: int | str, **headers: str) -> Any:
    return client.patch(
        url,
        content,
        content_type=headers.pop("content_type", PIECE),
        headers={**TUS, "Upload-Offset": str(offset), **headers},
    )


def offset_of(client: Client, url: str) -> int:
    return int(client.head(url, headers=TUS)["Upload-Offset"])


# ---- refused ------------------------------------------------------------------------------------


def test_a_visitor_gets_401_and_no_page(client: Client, dataset: Dataset) -> None:
    assert create(client, dataset, size=3).status_code == 401


def test_only_a_curator_who_may_change_the_dataset_uploads(client: Client) -> None:
    foreign = make_dataset()
    client.force_login(make_user(Role.ANALYST))
    assert create(client, foreign, size=3).status_code == 403
    client.force_login(make_user(Role.CURATOR))
    assert create(client, foreign, size=3).status_code == 404
    assert not Upload.objects.exists()


def test_an_upload_of_somebody_else_is_not_there(
    signed_in: Client, dataset: Dataset, admin_client: Client
) -> None:
    url = create(signed_in, dataset, size=3)["Location"]
    assert admin_client.head(url, headers=TUS).status_code == 404
    assert patch(admin_client, url, b"abc", offset=0).status_code == 404
    assert admin_client.delete(url, headers=TUS).status_code == 404
    assert offset_of(signed_in, url) == 0


def test_another_version_of_the_protocol_is_refused(signed_in: Client, dataset: Dataset) -> None:
    url = reverse("exchange:tus-create", args=[dataset.pk])
    response = signed_in.post(url, content_type="", headers={"Tus-Resumable": "0.2"})
    assert (response.status_code, response["Tus-Version"]) == (412, "1.0.0")


@pytest.mark.parametrize("size", ["", "-1", "x", "1e3", "9" * 30])
def test_a_length_that_is_none_is_refused(signed_in: Client, dataset: Dataset, size: str) -> None:
    assert create(signed_in, dataset, size=size).status_code == 400
    assert not Upload.objects.exists()


def test_a_file_over_the_limit_is_refused_before_a_byte_is_sent(
    signed_in: Client, dataset: Dataset, settings: Settings
) -> None:
    settings.SEMBLANCE_UPLOAD_MAX_MB = 1
    response = create(signed_in, dataset, size=1_000_001, name="big.tif")
    assert response.status_code == 413
    assert "big.tif has 1 MB; one file may have 1 MB" in response.content.decode()


def test_a_full_disk_is_said_before_a_byte_is_sent(
    signed_in: Client, dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Full:
        free = 10

    monkeypatch.setattr(shutil, "disk_usage", lambda path: Full)
    response = create(signed_in, dataset, size=1000)
    assert response.status_code == 413
    assert "not enough free space" in response.content.decode()


def test_a_piece_that_begins_elsewhere_is_refused_and_changes_nothing(
    signed_in: Client, dataset: Dataset
) -> None:
    url = create(signed_in, dataset, size=6)["Location"]
    assert patch(signed_in, url, b"abc", offset=0).status_code == 204
    for offset in (0, 2, 4):
        assert patch(signed_in, url, b"xy", offset=offset).status_code == 409
    assert offset_of(signed_in, url) == 3


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"content_type": "text/plain"}, 415),
        ({"offset": "x"}, 400),
        ({"Upload-Checksum": "md5 eA=="}, 400),
        ({"Upload-Checksum": "sha256 %"}, 400),
    ],
)
def test_a_piece_with_odd_headers_is_refused(
    signed_in: Client, dataset: Dataset, headers: dict[str, str], status: int
) -> None:
    url = create(signed_in, dataset, size=3)["Location"]
    offset = headers.pop("offset", "0") if "offset" in headers else "0"
    assert patch(signed_in, url, b"abc", offset=offset, **headers).status_code == status
    assert offset_of(signed_in, url) == 0


def test_more_than_was_announced_is_refused(signed_in: Client, dataset: Dataset) -> None:
    url = create(signed_in, dataset, size=3)["Location"]
    assert patch(signed_in, url, b"abcd", offset=0).status_code == 413
    assert offset_of(signed_in, url) == 0


def test_a_damaged_piece_is_thrown_away(signed_in: Client, dataset: Dataset) -> None:
    url = create(signed_in, dataset, size=3)["Location"]
    right = base64.b64encode(hashlib.sha256(b"abc").digest()).decode()
    checked = {"Upload-Checksum": f"sha256 {right}"}
    assert patch(signed_in, url, b"abX", offset=0, **checked).status_code == 460
    assert offset_of(signed_in, url) == 0
    assert patch(signed_in, url, b"abc", offset=0, **checked).status_code == 204


def test_two_writers_are_never_let_in(signed_in: Client, dataset: Dataset) -> None:
    url = create(signed_in, dataset, size=3)["Location"]
    upload = Upload.objects.get()
    with FileLock(uploads.upload_path(upload).with_suffix(".lock")):
        assert patch(signed_in, url, b"abc", offset=0).status_code == 423
        assert signed_in.delete(url, headers=TUS).status_code == 423
    assert patch(signed_in, url, b"abc", offset=0).status_code == 204


def test_without_the_token_against_forgery_nothing_is_taken(
    curator: User, dataset: Dataset
) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(curator)
    assert create(client, dataset, size=3).status_code == 403


# ---- taken --------------------------------------------------------------------------------------


def test_the_server_says_what_it_can(signed_in: Client, dataset: Dataset) -> None:
    response = signed_in.options(reverse("exchange:tus-create", args=[dataset.pk]))
    assert response.status_code == 204
    assert "termination" in response["Tus-Extension"]
    assert response["Tus-Max-Size"] == str(live_settings.SEMBLANCE_UPLOAD_MAX_MB * 1_000_000)


def test_a_file_comes_in_pieces_and_is_whole(signed_in: Client, dataset: Dataset) -> None:
    content = bytes(range(256)) * 40
    response = create(signed_in, dataset, size=len(content), name="folder/Körner.tif")
    assert response.status_code == 201
    url = response["Location"]
    for start in range(0, len(content), 3000):
        response = patch(signed_in, url, content[start : start + 3000], offset=start)
        assert response.status_code == 204
        assert "Upload-Expires" in response
    upload = Upload.objects.get()
    assert upload.name == "folder/Körner.tif"
    assert upload.file_id == hashlib.sha256(content).hexdigest()
    assert offset_of(signed_in, url) == len(content)
    assert not uploads.upload_path(upload).exists()


def test_the_first_piece_may_come_with_the_creation(signed_in: Client, dataset: Dataset) -> None:
    response = signed_in.post(
        reverse("exchange:tus-create", args=[dataset.pk]),
        b"abc",
        content_type=PIECE,
        headers={**TUS, "Upload-Length": "5", "Upload-Metadata": named("a")},
    )
    assert (response.status_code, response["Upload-Offset"]) == (201, "3")


def test_an_upload_can_be_given_up(signed_in: Client, dataset: Dataset, settings: Settings) -> None:
    url = create(signed_in, dataset, size=3)["Location"]
    patch(signed_in, url, b"ab", offset=0)
    assert signed_in.delete(url, headers=TUS).status_code == 204
    assert signed_in.head(url, headers=TUS).status_code == 404
    assert list((settings.SEMBLANCE_HOME / "uploads").iterdir()) == []


def test_what_nobody_went_on_with_is_deleted(
    signed_in: Client, dataset: Dataset, settings: Settings
) -> None:
    create(signed_in, dataset, size=3)
    Upload.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert uploads.uploads_sweep() == 1
    assert not Upload.objects.exists()
    assert list((settings.SEMBLANCE_HOME / "uploads").iterdir()) == []


def test_uploads_become_an_import_and_half_ones_are_named(
    signed_in: Client, dataset: Dataset
) -> None:
    content = hostile.png()
    whole = create(signed_in, dataset, size=len(content), name="images/a.png")["Location"]
    patch(signed_in, whole, content, offset=0)
    half = create(signed_in, dataset, size=10, name="b.png")["Location"]
    keys = [url.rstrip("/").rpartition("/")[2] for url in (whole, half)]
    send(signed_in, dataset, {}, uploads=[*keys, str(uuid.uuid4()), "no key"])
    batch = ended(Import.objects.get())
    assert batch.taken_count == 1
    (line,) = batch.lines.filter(outcome="refused")
    assert (line.name, line.kind) == ("b.png", "unfinished")
    assert [one.name for one in Upload.objects.all()] == ["b.png"]  # it can still be gone on with


def test_uploads_of_somebody_else_are_not_taken(
    signed_in: Client, dataset: Dataset, client: Client
) -> None:
    other = make_user(Role.CURATOR)
    theirs = Upload.objects.create(
        owner=other, dataset=make_dataset(owner=other), name="x", size_bytes=1
    )
    response = send(signed_in, dataset, {}, uploads=[str(theirs.pk)])
    assert response.status_code == 422
    assert Upload.objects.filter(pk=theirs.pk).exists()


# ---- cut in the middle --------------------------------------------------------------------------


@pytest.fixture
def cookie(curator: User) -> Iterator[str]:
    client = Client()
    client.force_login(curator)
    token = "a" * 32
    session = client.cookies["sessionid"].value
    yield f"Cookie: sessionid={session}; csrftoken={token}\r\nX-CSRFToken: {token}\r\n"


def _cut_patch(server: LiveServer, url: str, cookie: str, content: bytes, *, sent: int) -> None:
    """Announce all of `content`, send some of it, and drop the connection."""
    host, port = server.thread.host, server.thread.port
    with socket.create_connection((host, port)) as connection:
        connection.sendall(
            f"PATCH {url} HTTP/1.1\r\nHost: {host}:{port}\r\nOrigin: http://{host}:{port}\r\n"
            f"{cookie}Tus-Resumable: 1.0.0\r\nUpload-Offset: 0\r\nContent-Type: {PIECE}\r\n"
            f"Content-Length: {len(content)}\r\n\r\n".encode()
        )
        connection.sendall(content[:sent])
        time.sleep(0.2)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")


@pytest.mark.django_db(transaction=True)
def test_an_upload_that_was_cut_in_the_middle_goes_on_and_is_right(
    live_server: LiveServer, signed_in: Client, dataset: Dataset, cookie: str
) -> None:
    content = hashlib.sha256(b"seed").digest() * 1_000_000  # 32 MB
    url = create(signed_in, dataset, size=len(content), name="big.tif")["Location"]
    _cut_patch(live_server, url, cookie, content, sent=11_234_567)
    upload = Upload.objects.get()
    until = time.monotonic() + 20
    while (offset := offset_of(signed_in, url)) < 1_000_000 or _is_busy(upload):
        assert time.monotonic() < until, offset
        time.sleep(0.1)
    assert 0 < offset <= 11_234_567
    response = patch(signed_in, url, content[offset:], offset=offset)
    assert (response.status_code, response["Upload-Offset"]) == (204, str(len(content)))
    upload.refresh_from_db()
    assert upload.file_id == hashlib.sha256(content).hexdigest()
    assert upload.file is not None
    with file_open(upload.file) as stored:
        assert hashlib.sha256(stored.read()).hexdigest() == upload.file_id


def _is_busy(upload: Upload) -> bool:
    lock = FileLock(uploads.upload_path(upload).with_suffix(".lock"), timeout=0)
    try:
        with lock:
            return False
    except TimeoutError:
        return True


# ---- scripts, by the token of the API -----------------------------------------------------------


def by_token(user: User, key: str = "") -> Client:
    """A script: no cookie, and checked for forgery as a browser would be."""
    token = key or Token.objects.create(user=user).key
    return Client(enforce_csrf_checks=True, headers={"authorization": f"Token {token}"})


def test_a_token_uploads_in_pieces_and_takes_them_in(curator: User, dataset: Dataset) -> None:
    client, content = by_token(curator), hostile.png()
    url = create(client, dataset, size=len(content), name="images/a.png")["Location"]
    assert patch(client, url, content[:50], offset=0).status_code == 204
    assert offset_of(client, url) == 50  # after a cut, it asks where to go on
    assert patch(client, url, content[50:], offset=50).status_code == 204
    half = create(client, dataset, size=10, name="b.png")["Location"]
    keys = [address.rstrip("/").rpartition("/")[2] for address in (url, half)]
    told = client.post(
        f"/api/datasets/{dataset.pk}/uploads/", {"uploads": keys}, content_type="application/json"
    )
    assert told.status_code == 201, told.json()
    assert [one["name"] for one in told.json()["left_out"]] == ["b.png"]
    batch = ended(Import.objects.get())
    assert batch.started_by == curator
    assert (batch.taken_count, dataset.images.count()) == (1, 1)
    assert client.delete(half, headers=TUS).status_code == 204
    assert not Upload.objects.exists()


def test_a_wrong_token_gets_401_even_beside_a_session(curator: User, dataset: Dataset) -> None:
    client = by_token(curator, key="0" * 40)
    client.force_login(curator)
    refused = create(client, dataset, size=3)
    assert refused.status_code == 401
    assert refused["WWW-Authenticate"] == "Token"
    assert refused.content.decode().startswith("Invalid token.")
    assert not Upload.objects.exists()


def test_the_token_of_a_closed_account_is_none(curator: User, dataset: Dataset) -> None:
    client = by_token(curator)
    User.objects.filter(pk=curator.pk).update(is_active=False)
    assert create(client, dataset, size=3).status_code == 401


def test_a_token_opens_no_more_than_the_session(curator: User, dataset: Dataset) -> None:
    url = create(by_token(curator), dataset, size=3)["Location"]
    other, analyst = make_user(Role.CURATOR), make_user(Role.ANALYST)
    assert create(by_token(analyst), dataset, size=3).status_code == 403
    stranger = by_token(other)
    assert create(stranger, dataset, size=3).status_code == 404
    assert patch(stranger, url, b"abc", offset=0).status_code == 404
    mine = make_dataset(owner=other)
    told = stranger.post(
        f"/api/datasets/{mine.pk}/uploads/",
        {"uploads": [url.rstrip("/").rpartition("/")[2]]},
        content_type="application/json",
    )
    assert (told.status_code, list(told.json())) == (400, ["uploads"])
    assert not Import.objects.exists()


def test_a_session_still_needs_the_token_against_forgery(curator: User, dataset: Dataset) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(curator)
    upload = uploads.upload_create(owner=curator, dataset=dataset, name="x", size_bytes=3)
    url = reverse("exchange:tus-upload", args=[upload.pk])
    for refused in (patch(client, url, b"abc", offset=0), client.delete(url, headers=TUS)):
        assert refused.status_code == 403
        assert "did not come from a page of this server" in refused.content.decode()
    assert Upload.objects.exists()
    client.cookies["csrftoken"] = "a" * 32
    sent = patch(client, url, b"abc", offset=0, **{"X-CSRFToken": "a" * 32})
    assert sent.status_code == 204
