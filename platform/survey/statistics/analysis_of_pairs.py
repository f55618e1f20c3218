"""What can be said of a study that showed pairs: a real image and an artificial one at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from survey.statistics.arrays import Floats
from survey.statistics.bradley_terry import Strengths, strengths_with_intervals
from survey.statistics.by_pair import PairFigures, each_pair
from survey.statistics.clustered import Estimate, clustered_mean, codes
from survey.statistics.exclusions import Exclusion, Rules, exclusions, marked
from survey.statistics.familiar import could_know, without_seen
from survey.statistics.marks import Marked, marked_answers
from survey.statistics.pairs import Pairs, pairs
from survey.statistics.pairs_model import PairsModel, fit_pairs
from survey.statistics.portable import to_json
from survey.statistics.reasons import Reasons, reasons_of
from survey.statistics.retest import Retest, retest
from survey.statistics.threads import one_thread
from survey.statistics.tidy import ARTIFICIAL, REAL, answered, tidied
from survey.statistics.undefined import Undefined
from survey.statistics.verdict import MARGIN

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True)
class PairsAnalysis:
    """All figures of pairs."""

    notes: tuple[str, ...]
    raters: tuple[str, ...]  # in the order of `pairs.raters`
    pairs: Pairs
    by_pair: tuple[PairFigures, ...]
    with_everybody: Pairs | None  # None where nobody was left out
    unseen: Pairs | Undefined  # without answers to pairs of which one image was seen before
    could_know: tuple[str, ...]  # raters who count and could see images elsewhere
    model: PairsModel | Undefined
    retest: Retest  # whether a rater picked the same image of a pair that came twice
    said_left_artificial: Estimate | Undefined  # off a half: a lean to a side
    # Who was taken for real against whom; with two generators or more.
    things: tuple[str, ...]
    strengths: Strengths | Undefined
    # Each is about the image of a pair that was called artificial.
    reasons: Reasons | Undefined
    regions: tuple[Marked, ...] | Undefined
    exclusions: tuple[Exclusion, ...]

    def to_json(self) -> dict[str, Any]:
        """Give all of it for `json.dumps(..., allow_nan=False)`."""
        found: dict[str, Any] = to_json(self)
        return found


def analyse_pairs(
    answers: pd.DataFrame,
    *,
    margin: tuple[float, float] = MARGIN,
    rules: Rules | None = None,
    seed: int = 0,
    should_stop: Callable[[], bool] = lambda: False,
) -> PairsAnalysis:
    """Analyse rows, one a pair shown, with the columns of `tidy`.

    `image` names the pair, `truth` and `decision` are about the image on its left (sides are
    dealt anew for each rater), `arm` is the generator of the artificial one of the two. `margin`
    is of the part of pairs judged rightly. Raises ValueError where a column is missing or the
    margin does not hold 0.5, and `Stopped` where `should_stop()` says so.
    """
    # Sides differ between raters, so that a pair has no truth of its own to contradict.
    sided = answers.copy()
    if {"image", "truth"} <= set(sided):
        sides = zip(sided["image"], sided["truth"], strict=True)
        sided["image"] = [f"{image}|{truth}" for image, truth in sides]
    frame, notes = tidied(sided)
    frame["image"] = [name.rpartition("|")[0] for name in frame["image"]]
    frame = marked(frame, rules or Rules())
    kept, everybody = answered(frame), answered(frame, everybody=True)
    table, raters = _table(kept)
    things, wins = _wins(kept)
    right = (kept["decision"] == kept["truth"]).to_numpy(bool)
    rest = without_seen(frame, kept)
    with one_thread():
        model = fit_pairs(table, stop=should_stop)
    return PairsAnalysis(
        notes=notes,
        raters=raters,
        pairs=pairs(table, margin=margin),
        by_pair=_by_pair(kept, table),
        with_everybody=pairs(_table(everybody)[0], margin=margin)
        if len(everybody) != len(kept)
        else None,
        unseen=rest if isinstance(rest, Undefined) else pairs(_table(rest)[0], margin=margin),
        could_know=could_know(kept),
        model=model,
        retest=_retest(frame, kept),
        said_left_artificial=clustered_mean(
            kept["decision"] == ARTIFICIAL, kept["rater"].to_numpy(str), clip=(0, 1)
        ),
        things=things,
        strengths=strengths_with_intervals(wins, seed=seed)
        if len(things) > 2
        else Undefined("There are not two generators to rank."),
        reasons=reasons_of(kept["reason"], right, right),
        regions=marked_answers(kept["regions"], right, right),
        exclusions=exclusions(frame),
    )


def _table(frame: pd.DataFrame) -> tuple[Floats, tuple[str, ...]]:
    """Right (1), wrong (0), missing (NaN): (raters, pairs), and the raters' names."""
    rater, raters = codes(frame["rater"].to_numpy(str))
    pair, count = codes(frame["image"].to_numpy(str))
    found = np.full((raters, count), np.nan)
    found[rater, pair] = (frame["decision"] == frame["truth"]).to_numpy(float)
    return found, tuple(sorted(frame["rater"].unique()))


def _by_pair(kept: pd.DataFrame, table: Floats) -> tuple[PairFigures, ...]:
    """Each pair with answers; its columns in `table` are in the order of the names."""
    arms = kept.groupby("image", sort=True)["arm"].first()
    return each_pair(table, [str(name) for name in arms.index], [str(arm) for arm in arms])


def _retest(frame: pd.DataFrame, kept: pd.DataFrame) -> Retest:
    """Pairs that came twice; their sides may differ, so that what is the same is the image."""
    again = frame[
        (frame["kind"] == "repeat") & frame["decision"].notna() & ~frame["excluded"]
    ].drop_duplicates(["rater", "image"])
    both = kept.merge(again, on=["rater", "image"], suffixes=("_first", "_second"))
    first, second = (
        (both[f"decision_{time}"] == both[f"truth_{time}"]).to_numpy(float)
        for time in ("first", "second")
    )
    return retest(first, second, both["rater"].to_numpy(str))


def _wins(
    frame: pd.DataFrame,
) -> tuple[tuple[str, ...], Floats]:
    """How often each was taken for real against each: (raters, things, things); real is last."""
    arms = sorted({name or ARTIFICIAL for name in frame["arm"]})
    things = (*arms, REAL)
    rater, raters = codes(frame["rater"].to_numpy(str))
    wins = np.zeros((raters, len(things), len(things)))
    place = {name: number for number, name in enumerate(arms)}
    arm = np.array([place[name or ARTIFICIAL] for name in frame["arm"]], dtype=np.int64)
    right = (frame["decision"] == frame["truth"]).to_numpy(bool)
    real = len(arms)
    winner, loser = np.where(right, real, arm), np.where(right, arm, real)
    np.add.at(wins, (rater, winner, loser), 1)
    return things, wins
