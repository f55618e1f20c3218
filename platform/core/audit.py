"""The log of who did what; it is only added to."""

from typing import Any

from django.db import models

from core.models import AuditEntry


def noted(*, actor: Any, action: str, subject: models.Model, **details: Any) -> AuditEntry:
    """Note an action; `details` are plain values and never hold a secret or an address."""
    return AuditEntry.objects.create(
        actor=actor if getattr(actor, "is_authenticated", False) else None,
        action=action,
        subject=f"{subject._meta.label_lower}:{subject.pk}",
        details=details,
    )
