from __future__ import annotations

from typing import Any

from django import template

from accounts.forms import SharingForm
from core.access import Owned

register = template.Library()


@register.inclusion_tag("accounts/partials/sharing.html", takes_context=True)
def sharing(context: template.Context, obj: Owned, url: str) -> dict[str, Any]:
    """Say who may see `obj`; its owner gets the form, which posts to `url`."""
    request = context["request"]
    may_change = obj.may_be_changed_by(request.user)
    return {
        "obj": obj,
        "url": url,
        "may_change": may_change,
        "form": SharingForm.of(obj) if may_change else None,
        "csrf_token": context.get("csrf_token"),
    }
