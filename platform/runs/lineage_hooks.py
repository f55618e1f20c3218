"""What other apps hang on a lineage, since runs knows nothing of their rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from catalog.models import Image, Version
from runs.models import Run
from runs.nodes import Lineage, Node

# What hangs on a run, a version or an image elsewhere: (it, user) -> what it is to it, and nodes.
Hook = Callable[[Run | Version | Image, Any], Iterable[tuple[str, Node]]]
# The lineage of something of another app: (user, key, part) -> lineage; Http404 where it is unseen.
Teller = Callable[[Any, int, int | None], Lineage]
_hooks: dict[str, Hook] = {}
tellers: dict[str, Teller] = {}


def register(kind: str, hook: Hook, *, teller: Teller | None = None) -> None:
    """Let an app add its rows; `kind` names them, registering it again replaces.

    A hook gives nothing that the person may not know. With a teller, things of this kind have a
    page of their own, and an export.
    """
    _hooks[kind] = hook
    if teller is not None:
        tellers[kind] = teller


def hung_on(thing: Run | Version | Image, *, user: Any) -> Iterator[tuple[str, Node]]:
    for hook in _hooks.values():
        yield from hook(thing, user)
