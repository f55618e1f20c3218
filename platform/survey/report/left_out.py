"""Who does not count, why, and with how many answers: the same for single images and pairs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from survey.report.content import Table


def left_out_table(exclusions: Sequence[Mapping[str, Any]]) -> Table:
    """One row for each rater with answers left out, as `survey.statistics.exclusions` tells."""
    return Table(
        head=("Rater", "Answers left out", "Why"),
        rows=[
            [one["rater"], f"{one['answers']}{' (all)' if one['whole'] else ''}", one["why"]]
            for one in exclusions
        ],
        numbers=frozenset({1}),
        note="By the rules of the plan, which was fixed before the study opened.",
    )
