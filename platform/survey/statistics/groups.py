"""Do experts do better, and does it help to have seen an image before? Descriptive."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from survey.statistics import sdt
from survey.statistics.by_rater import counts_of
from survey.statistics.clustered import Estimate, clustered_mean, t_mean
from survey.statistics.tidy import Rows, Table
from survey.statistics.undefined import Figure, Undefined

if TYPE_CHECKING:
    import pandas as pd

NOT_TOLD = "not told"


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Raters, or answers, with something in common; errors hold for new raters, these images."""

    name: str
    raters: int
    answers: int
    value: Figure  # expertise: mean balanced accuracy; familiarity: part right
    estimate: Estimate | Undefined


def expertise_groups(kept: pd.DataFrame, table: Table) -> tuple[Group, ...]:
    """Balanced accuracy by what raters said of their expertise."""
    told = kept.drop_duplicates("rater").set_index("rater")["expertise"].to_dict()
    counts = dict(zip(table.raters, counts_of(table), strict=True))
    groups = []
    for name in sorted(set(told.values())):
        own = [counts[str(rater)] for rater, said in told.items() if said == name]
        values = [sdt.balanced_accuracy(one) for one in own]
        known = [value for value in values if not isinstance(value, Undefined)]
        groups.append(
            Group(
                name=name or NOT_TOLD,
                raters=len(own),
                answers=sum(one.total for one in own),
                value=float(np.mean(known))
                if known
                else Undefined("None of them judged images of both kinds."),
                estimate=t_mean(known, clip=(0, 1)),
            )
        )
    return tuple(groups)


def familiarity_groups(rows: Rows) -> tuple[Group, ...]:
    """Part right among images that raters said to have seen before, and among the others."""
    groups = []
    for name, chosen in (
        ("seen before", rows.seen_before == 1),
        ("not seen before", rows.seen_before == 0),
        (NOT_TOLD, np.isnan(rows.seen_before)),
    ):
        right = rows.correct[chosen]
        groups.append(
            Group(
                name=name,
                raters=len(np.unique(rows.rater[chosen])),
                answers=int(right.size),
                value=float(right.mean()) if right.size else Undefined("There is no such answer."),
                estimate=clustered_mean(right, rows.rater[chosen], clip=(0, 1)),
            )
        )
    return tuple(groups)
