"""Messages reach the page also when htmx asked for a part of it only."""

from collections.abc import Callable

from django.contrib.messages import get_messages
from django.contrib.messages.storage.base import BaseStorage
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

_LEAVES_THE_PAGE = ("HX-Redirect", "HX-Location", "HX-Refresh")


class ToastsOnFragments:
    """Append the messages that nobody has shown yet to a fragment, as toasts out of band."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not getattr(request, "htmx", False) or not _is_fragment(response):
            return response
        messages = get_messages(request)
        if isinstance(messages, BaseStorage) and not messages.used and len(messages):
            toasts = render_to_string("components/toasts.html", {"messages": messages, "oob": True})
            response.content += toasts.encode()
        return response


def _is_fragment(response: HttpResponse) -> bool:
    return (
        not response.streaming
        and response.status_code in {200, 201, 409, 422}
        and response.get("Content-Type", "").startswith("text/html")
        and not any(response.has_header(name) for name in _LEAVES_THE_PAGE)
        and b"<html" not in response.content[:200]
    )
