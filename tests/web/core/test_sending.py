"""Kept files in answers: in parts, not twice, and opened only where their bytes are sent."""

import os
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.http import FileResponse, HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse

from accounts.models import Role
from core.files import bytes_store, file_open
from core.models import StoredFile
from core.sending import KeptBytes, PartsOfFiles, file_response
from tests.web.factories import make_dataset, make_image, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("storage")]
CONTENT = bytes(range(256)) * 20

Ask = Callable[..., Any]


@pytest.fixture
def stored() -> StoredFile:
    return bytes_store(CONTENT, name="a.tif")


@pytest.fixture
def ask(stored: StoredFile) -> Ask:
    def answer(method: str = "get", **headers: str) -> Any:
        request = getattr(RequestFactory(), method)(
            "/", headers={name.replace("_", "-"): value for name, value in headers.items()}
        )
        return PartsOfFiles(lambda _: file_response(stored))(request)

    return answer


def body(response: Any) -> bytes:
    with closing(response):
        return b"".join(response.streaming_content)


def test_a_file_is_sent_whole_with_its_length(ask: Ask) -> None:
    response = ask()
    assert (response.status_code, body(response)) == (200, CONTENT)
    assert response["Content-Length"] == str(len(CONTENT))
    assert response["Accept-Ranges"] == "bytes"


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [
        ("bytes=0-99", 0, 100),
        ("bytes=300-", 300, len(CONTENT)),
        ("bytes=-70", len(CONTENT) - 70, len(CONTENT)),
        ("bytes=-999999", 0, len(CONTENT)),
        ("bytes=5100-999999", 5100, len(CONTENT)),
        ("bytes=7-7", 7, 8),
    ],
)
def test_a_part_is_sent_with_its_place(ask: Ask, asked: str, start: int, end: int) -> None:
    response = ask(range=asked)
    assert response.status_code == 206
    assert response["Content-Range"] == f"bytes {start}-{end - 1}/{len(CONTENT)}"
    assert response["Content-Length"] == str(end - start)
    assert body(response) == CONTENT[start:end]


@pytest.mark.parametrize("asked", [f"bytes={len(CONTENT)}-", "bytes=99999-100000", "bytes=-0"])
def test_what_lies_behind_the_end_is_refused(ask: Ask, asked: str) -> None:
    response = ask(range=asked)
    assert (response.status_code, body(response)) == (416, b"")
    assert response["Content-Range"] == f"bytes */{len(CONTENT)}"


@pytest.mark.parametrize(
    "asked",
    [
        *("bytes=9-2", "bytes=-", "bytes=0-1,5-6", "lines=0-1", "junk"),
        pytest.param(f"bytes={5_000 * '9'}-", id="more digits than a number may have"),
    ],
)
def test_what_is_no_single_part_brings_the_whole_file(ask: Ask, asked: str) -> None:
    response = ask(range=asked)
    assert (response.status_code, body(response)) == (200, CONTENT)


def test_a_download_that_goes_on_gets_the_part_of_the_same_file_only(
    ask: Ask, stored: StoredFile
) -> None:
    assert body(ask(range="bytes=10-", if_range=f'"{stored.sha256}"')) == CONTENT[10:]
    assert body(ask(range="bytes=10-", if_range='"other"')) == CONTENT


def test_what_the_browser_has_is_not_opened_again(
    ask: Ask, stored: StoredFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    tag = f'"{stored.sha256}"'

    def refuse(*_: object) -> None:
        raise AssertionError("the file was opened")

    monkeypatch.setattr("core.sending._opened", refuse)
    assert ask(if_none_match=tag).status_code == 304
    assert ask("head").status_code == 200
    assert ask("head", range="bytes=0-1").status_code == 200


def test_the_system_sends_a_file_of_a_folder_from_its_place_on(stored: StoredFile) -> None:
    kept = KeptBytes(stored)
    kept.narrow(300, 5)
    number = kept.fileno()
    assert os.lseek(number, 0, os.SEEK_CUR) == 300
    kept.close()


def test_a_missing_file_is_an_error_before_anything_is_sent(stored: StoredFile, ask: Ask) -> None:
    with file_open(stored) as stream:
        path = stream.name
    Path(path).unlink()
    with pytest.raises(FileNotFoundError):
        ask()


def test_other_answers_pass_as_they_are() -> None:
    plain = HttpResponse("text")
    other = FileResponse(iter([b"x"]))
    for response in (plain, other):

        def view(_: HttpRequest, response: Any = response) -> Any:
            return response

        request = RequestFactory().get("/", headers={"Range": "bytes=0-0"})
        assert PartsOfFiles(view)(request) is response
        assert response.status_code == 200


def test_an_original_is_downloaded_in_parts_through_the_site(client: Client) -> None:
    owner = make_user(Role.CURATOR)
    image = make_image(dataset=make_dataset(owner=owner))
    client.force_login(owner)
    address = reverse("catalog:image-original", args=[image.pk])
    whole = body(client.get(address))
    first = client.get(address, headers={"Range": "bytes=0-9"})
    rest = client.get(address, headers={"Range": "bytes=10-"})
    assert (first.status_code, rest.status_code) == (206, 206)
    assert body(first) + body(rest) == whole
