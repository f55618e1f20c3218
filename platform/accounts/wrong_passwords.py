"""What is kept of sign-ins that failed: who was meant, when, how often; nothing of the browser."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from axes.handlers.database import AxesDatabaseHandler
from axes.utils import reset
from django.db.models.signals import pre_save
from django.dispatch import receiver

from core.discreet import stand_in_address

if TYPE_CHECKING:
    from axes.models import AccessAttempt
    from django.http import HttpRequest


class DiscreetHandler(AxesDatabaseHandler):  # type: ignore[misc]  # it has no types
    """Counts as before. What a browser says of itself and what else was typed is not kept."""

    def user_login_failed(
        self,
        sender: object,
        credentials: dict[str, Any],
        request: HttpRequest | None = None,
        **kwargs: Any,
    ) -> None:
        if request is not None:
            request.axes_user_agent = request.axes_http_accept = ""  # type: ignore[attr-defined]
        super().user_login_failed(sender, credentials, request, **kwargs)


@receiver(pre_save, sender="axes.AccessAttempt")
def forget_what_was_typed(instance: AccessAttempt, **_: object) -> None:
    """Before a row is written: a password in a field with another name would not be masked."""
    instance.get_data = instance.post_data = ""


def forgive(*, request: HttpRequest, username: str) -> None:
    """Begin to count anew for a name and an address: the right password was given."""
    reset(username=username, ip=stand_in_address(request))
