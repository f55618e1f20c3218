"""Parts of the interface that compute something."""

import pytest
from django.contrib import messages
from django.contrib.messages.storage.cookie import CookieStorage
from django.http import HttpResponse
from django.template import Context, Template
from django.test import RequestFactory

from core.middleware import ToastsOnFragments
from core.templatetags import interface


def shown(text: str, **values: object) -> str:
    return Template(text).render(Context(values))


@pytest.mark.parametrize(
    ("about_nm", "length_nm"),
    [(1.0, 1), (1.99, 1), (2.0, 2), (4.9, 2), (99.9, 50), (100.0, 100), (0.3, 0.2), (7200.0, 5000)],
)
def test_a_scale_bar_has_a_round_length_no_longer_than_asked(
    about_nm: float, length_nm: float
) -> None:
    assert interface.round_length_nm(about_nm) == pytest.approx(length_nm)


@pytest.mark.parametrize(
    ("length_nm", "label"), [(0.5, "0.5 nm"), (500, "500 nm"), (2000, "2 µm"), (5e6, "5 mm")]
)
def test_a_length_is_told_in_the_unit_that_fits(length_nm: float, label: str) -> None:
    assert interface.length_label(length_nm) == label


def test_a_scale_bar_is_as_long_as_it_says() -> None:
    drawn = interface.scale_bar(1024, 704, 2.5)
    assert drawn["label"] == "500 nm"
    assert float(drawn["bar"]["width"]) == pytest.approx(500 / 2.5)
    assert 0 < float(drawn["x"]) < float(drawn["x"]) + 200 < 1024


def test_crumbs_escape_names_and_end_here() -> None:
    text = shown('{% crumbs "Datasets" "/d" name %}', name="<b>x</b>")
    assert '<a href="/d">Datasets</a>' in text
    assert '<li aria-current="page">&lt;b&gt;x&lt;/b&gt;</li>' in text


def test_a_tab_without_an_address_is_left_out() -> None:
    text = shown('{% tabs "One" "/1" "Two" missing "Three" "/3" current="Three" %}')
    assert "Two" not in text
    assert '<a href="/3" aria-current="page">Three</a>' in text


@pytest.mark.parametrize("status", ["running", "succeeded", "failed", "lost", "never heard of"])
def test_every_state_has_a_sign_and_a_word(status: str) -> None:
    text = shown('{% include "components/badge.html" %}', status=status)
    assert f'<span aria-hidden="true">{interface.shape(status)}</span>' in text
    assert status.capitalize() in text


@pytest.mark.parametrize(
    ("headers", "body", "gets_toasts"),
    [
        ({"HX-Request": "true"}, "<p>part</p>", True),
        ({}, "<p>part</p>", False),
        ({"HX-Request": "true"}, "<!doctype html><html></html>", False),
    ],
)
def test_messages_travel_with_fragments_only(
    rf: RequestFactory, headers: dict[str, str], body: str, gets_toasts: bool
) -> None:
    request = rf.get("/", headers=headers)
    request.htmx = bool(headers)  # type: ignore[attr-defined]
    request._messages = CookieStorage(request)  # type: ignore[attr-defined]
    messages.success(request, "Saved <b>x</b>.")
    response = ToastsOnFragments(lambda _: HttpResponse(body))(request)
    assert ("Saved &lt;b&gt;x" in response.content.decode()) is gets_toasts


def test_messages_wait_for_the_page_that_a_fragment_leads_to(rf: RequestFactory) -> None:
    request = rf.get("/", headers={"HX-Request": "true"})
    request.htmx = True  # type: ignore[attr-defined]
    request._messages = CookieStorage(request)  # type: ignore[attr-defined]
    messages.success(request, "Saved.")
    answer = HttpResponse("", headers={"HX-Redirect": "/there"})
    assert ToastsOnFragments(lambda _: answer)(request).content == b""
