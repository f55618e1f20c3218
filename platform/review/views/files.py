"""Files of a review, each after the check that this person may see the review."""

from __future__ import annotations

from typing import Any

from accounts.permissions import member_required
from core.models import StoredFile
from core.sending import file_view
from review.access import comparison_visible, item_visible, version_visible


def _thumbnail(**asked: Any) -> StoredFile:
    """A small picture; a review shows the images of a dataset that itself may not be shared."""
    item = item_visible(**asked)
    return item.image.thumbnail if item.image else item.view


def _compared(*, user: Any, pk: int, name: str) -> StoredFile | None:
    comparison = comparison_visible(user=user, pk=pk)
    return {
        "matches.json": comparison.matches,
        "first.png": comparison.first_labels,
        "second.png": comparison.second_labels,
    }.get(name)


view_image = file_view(member_required, lambda **asked: item_visible(**asked).view)
thumbnail = file_view(member_required, _thumbnail)
labels = file_view(member_required, lambda **asked: version_visible(**asked).labels)
particles = file_view(member_required, lambda **asked: version_visible(**asked).particles)
compared = file_view(member_required, _compared, missing="This comparison has no such file.")
