"""What made an image, and what was made from it or from a version.

This app knows none of the apps above it, so they say it here, each from its `AppConfig.ready`:

    from catalog import lineage

    @lineage.of_images
    def runs_of_image(image: Image, user: User) -> list[lineage.Link]: ...
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from catalog.models import Image, Version


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """`relation` says how it is related: "Made by", "Segmented by"; `label` names it."""

    relation: str
    label: str
    url: str


ImageTeller = Callable[[Image, Any], list[Link]]
VersionTeller = Callable[[Version, Any], list[Link]]

_image_tellers: list[ImageTeller] = []
_version_tellers: list[VersionTeller] = []


def of_images(teller: ImageTeller) -> ImageTeller:
    """Ask `teller(image, user)` for links whenever an image is shown."""
    if teller not in _image_tellers:
        _image_tellers.append(teller)
    return teller


def of_versions(teller: VersionTeller) -> VersionTeller:
    if teller not in _version_tellers:
        _version_tellers.append(teller)
    return teller


def image_links(*, image: Image, user: Any) -> list[Link]:
    return [link for teller in _image_tellers for link in teller(image, user)]


def version_links(*, version: Version, user: Any) -> list[Link]:
    return [link for teller in _version_tellers for link in teller(version, user)]
