"""Do experts do better, and does it help to have seen an image before? Descriptive."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from survey.statistics import sdt
from survey.statistics.arrays import Bools
from survey.statistics.by_rater import counts_of
from survey.statistics.clustered import Estimate, cluster_variance, codes, estimate, t_mean
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
    value: Figure  # balanced accuracy; expertise: averaged over the raters; familiarity: of all
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
    """Balanced accuracy on images that raters said to have seen before, and on the others.

    The plain part right would follow how many of each group are artificial, and the raters' lean.
    """
    groups = []
    for name, chosen in (
        ("seen before", rows.seen_before == 1),
        ("not seen before", rows.seen_before == 0),
        (NOT_TOLD, np.isnan(rows.seen_before)),
    ):
        value, found = _balanced(rows, chosen)
        groups.append(
            Group(
                name=name,
                raters=len(np.unique(rows.rater[chosen])),
                answers=int(chosen.sum()),
                value=value,
                estimate=found,
            )
        )
    return tuple(groups)


def _balanced(rows: Rows, chosen: Bools) -> tuple[Figure, Estimate | Undefined]:
    """Balanced accuracy of chosen answers together, its error linearised and clustered by rater."""
    right, artificial = rows.correct[chosen], rows.is_artificial[chosen]
    if not right.size:
        nothing = Undefined("There is no such answer.")
        return nothing, nothing
    if artificial.all() or not artificial.any():
        one_kind = Undefined("Such answers are about images of one kind only.")
        return one_kind, one_kind
    scores = np.zeros(right.size)
    parts = []
    for kind in (artificial, ~artificial):
        parts.append(float(right[kind].mean()))
        scores[kind] = (right[kind] - parts[-1]) / kind.sum() / 2
    value = sum(parts) / 2
    raters = codes(rows.rater[chosen])
    if raters[1] < 2:
        return value, Undefined("Fewer than two raters: nothing says how much they differ.")
    variance = cluster_variance(scores, raters)
    return value, estimate(value, variance, raters[1] - 1, n=right.size, clip=(0, 1))
