"""Pairs in the lineage: an artificial image has a chain of its own before it is in any dataset."""

from __future__ import annotations

from typing import Any

from compare.selectors import pair_get_for
from runs import lineage
from runs.nodes import Lineage


def register() -> None:
    lineage.register("pair", teller=pair_lineage)


def pair_lineage(user: Any, pk: int, part: int | None) -> Lineage:
    return lineage.lineage_of_pair(pair=pair_get_for(user=user, pk=pk), user=user)
