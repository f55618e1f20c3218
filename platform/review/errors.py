"""Refusals that are written for the person who asked."""

from __future__ import annotations

from review.models import Correction, MaskVersion


class ReviewRefused(Exception):
    """Something that cannot be done; the message says why, and what can be done instead."""


class VersionConflict(Exception):
    """A correction of a version that is not the newest, or beside another one under way.

    `newest` is what the mask is now; `pending` is a correction of somebody that is being computed.
    """

    def __init__(self, newest: MaskVersion, pending: Correction | None = None) -> None:
        who = (pending or newest).author
        doing = "is saving a correction" if pending else f"saved version {newest.number}"
        super().__init__(f"{who or 'The network'} {doing}.")
        self.newest = newest
        self.pending = pending
