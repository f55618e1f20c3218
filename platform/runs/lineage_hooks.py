"""What other apps add to a lineage, since runs knows nothing of their rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from catalog.models import Image, Version
from runs.models import Pair, Run
from runs.nodes import Branch, Lineage

if TYPE_CHECKING:
    from runs.lineage_walk import Walk

Thing = Run | Version | Image | Pair
# What an app knows beyond a thing in one direction. It gives nothing that `walk.user` may not know.
Hook = Callable[[Thing, "Walk"], Iterable[Branch]]
# The lineage of something of another app: (user, key, part) -> lineage; Http404 where it is unseen.
Teller = Callable[[Any, int, int | None], Lineage]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    above: Hook | None
    below: Hook | None


_known: dict[str, _Known] = {}
tellers: dict[str, Teller] = {}


def register(
    kind: str,
    *,
    above: Hook | None = None,
    below: Hook | None = None,
    teller: Teller | None = None,
) -> None:
    """Let an app add its rows; `kind` names them, registering it again replaces.

    `above` tells what a thing was made from, `below` what it led to. With a teller, things of this
    kind have a page of their own, and an export.
    """
    _known[kind] = _Known(above=above, below=below)
    if teller is not None:
        tellers[kind] = teller


def above(thing: Thing, walk: Walk) -> list[Branch]:
    return [branch for one in _known.values() if one.above for branch in one.above(thing, walk)]


def below(thing: Thing, walk: Walk) -> list[Branch]:
    return [branch for one in _known.values() if one.below for branch in one.below(thing, walk)]
