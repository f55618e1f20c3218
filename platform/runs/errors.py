"""Refusals that are written for the person who asked."""

from __future__ import annotations


class RunRefused(Exception):
    """A run, or a change of one, that cannot be; `field` names what to mend, for a form."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason

    @property
    def sentence(self) -> str:
        """The reason as it stands below a field, which has a label of its own."""
        return self.reason[:1].upper() + self.reason[1:].rstrip(".") + "."
