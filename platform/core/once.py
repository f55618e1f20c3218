"""A form that is sent twice does its work once: the second time leads to where the first one led.

A form brings a key of its own (`{% once %}`). The same key with the same fields is the same click:
doubled, or sent again by a browser that saw no answer. Fields that were changed are a new wish.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from collections.abc import Callable
from datetime import timedelta
from functools import wraps

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.crypto import salted_hmac

from core.models import SentForm

View = Callable[..., HttpResponse]
FIELD = "once"
_KEPT_FOR = timedelta(days=1)
_REFUSED = "_once_refused"


def once(view: View) -> View:
    """Do a POST once. Below the decorators that check who asks."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if request.method != "POST" or not request.POST.get(FIELD):
            return view(request, *args, **kwargs)
        key = _key(request)
        # Two at the same time: the second INSERT waits until the first one's work is done.
        with transaction.atomic():
            try:
                with transaction.atomic():
                    sent = SentForm.objects.create(key=key)
            except IntegrityError:
                return redirect(SentForm.objects.get(pk=key).address)
            response = view(request, *args, **kwargs)
            if 300 <= response.status_code < 400 and not hasattr(request, _REFUSED):
                SentForm.objects.filter(pk=key).update(address=response["Location"])
            else:
                sent.delete()  # refused: the same may be sent again
        SentForm.objects.filter(at__lt=timezone.now() - _KEPT_FOR).delete()
        return response

    return guarded


def not_done(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Answer that nothing was done, by way of a redirect; the same form may be sent again."""
    setattr(request, _REFUSED, True)
    return response


def secret_of_form(request: HttpRequest, number: int = 0) -> str:
    """Make the secret of a link, shown once, so that the same form sent again gets it again.

    Who sent a form twice sees the second answer only: with a new secret in it, the first one's
    thing would be left over, and unknown to anybody. It comes from the form's own key, which is
    kept nowhere, under the installation's; of a form without a key it is random.
    """
    if not request.POST.get(FIELD):
        return secrets.token_urlsafe(32)
    said = f"{number} {_said(request)}"
    digest = salted_hmac("core.once.secret_of_form", said, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _key(request: HttpRequest) -> str:
    return hashlib.sha256(_said(request).encode()).hexdigest()


def _said(request: HttpRequest) -> str:
    fields = sorted((name, values) for name, values in request.POST.lists())
    said = [request.user.pk, request.path, *(one for one in fields if one[0] != _CSRF)]
    return json.dumps(said)


_CSRF = "csrfmiddlewaretoken"  # it is masked anew in every page
