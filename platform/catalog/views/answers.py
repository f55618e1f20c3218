"""How pages answer: a person, a sentence, a way back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse

from accounts.models import User
from catalog.errors import CatalogError


def person(request: HttpRequest) -> User:
    """Whoever is signed in; the door let nobody else pass."""
    return cast(User, request.user)


@contextmanager
def refusals_told(request: HttpRequest) -> Iterator[None]:
    """What is refused becomes a sentence on the page that comes next."""
    try:
        yield
    except CatalogError as refused:
        messages.error(request, str(refused))


def back_to(name: str, pk: int, *, query: str = "", anchor: str = "") -> HttpResponseRedirect:
    """Go to a page of ours; a query that came from outside only chooses what it shows."""
    address = reverse(name, args=[pk])
    if query:
        address += "?" + query
    if anchor:
        address += "#" + anchor
    return HttpResponseRedirect(address, status=303)
