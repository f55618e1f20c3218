"""The public pages of a commitment: nobody signs in, and nothing tells whose study it is."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from survey.commitments import SCRIPT
from survey.models import Protocol, State
from survey.protocol import bytes_of
from survey.selectors.studies import frozen_by_code


@require_safe
@never_cache
def page(request: HttpRequest, code: str) -> HttpResponse:
    frozen = _frozen(code)
    context = {
        "study": frozen.study,
        "protocol": frozen,
        "closed": frozen.study.state == State.CLOSED,
        "script": SCRIPT,
    }
    return render(request, "survey/commitment.html", context)


@require_safe
@never_cache
def document(request: HttpRequest, code: str) -> HttpResponse:
    """The bytes that were hashed, and no others."""
    return _download(bytes_of(_published(code).document), "document.json", "application/json")


@require_safe
@never_cache
def nonce(request: HttpRequest, code: str) -> HttpResponse:
    return _download(_published(code).nonce.encode(), "nonce.txt", "text/plain")


@require_safe
@never_cache
def script(request: HttpRequest, code: str) -> HttpResponse:
    _frozen(code)
    return _download(SCRIPT.encode(), "verify.py", "text/x-python")


def _frozen(code: str) -> Protocol:
    found = frozen_by_code(code=code)
    if found is None:
        raise Http404("No commitment has this code.")
    return found


def _published(code: str) -> Protocol:
    """What is told when the study has closed; before, nobody gets it, its owner neither."""
    found = _frozen(code)
    if found.study.state != State.CLOSED:
        raise Http404("It is published when the study closes.")
    return found


def _download(content: bytes, name: str, kind: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
