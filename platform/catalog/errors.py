"""What curation refuses, in sentences that a person can act on."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from catalog.models import Image


class CatalogError(Exception):
    """Its text is for the person at the screen."""


class DuplicateImage(CatalogError):
    """The same bytes are in the dataset already."""

    def __init__(self, existing: Image) -> None:
        super().__init__(f"The same file is in this dataset already, as {existing.name}.")
        self.existing = existing


class NameTaken(CatalogError):
    def __init__(self, name: str) -> None:
        super().__init__(f"You have a dataset named {name} already; choose another name.")


class InUse(CatalogError):
    """Something frozen or derived still refers to it."""


class NothingToFreeze(CatalogError):
    def __init__(self) -> None:
        super().__init__(
            "No image of this dataset is in use, so there is nothing to freeze. "
            "Upload some, or include some again."
        )


class Refused(CatalogError):
    """A value that makes no sense; nothing was changed."""


class FrozenForGood(CatalogError):
    def __init__(self) -> None:
        super().__init__("A version never changes; freeze a new one.")
