"""The shortcut audit of a study's images: by which trivial figures could one tell them apart?"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from survey.models import Answer, Stimulus

if TYPE_CHECKING:
    from survey.statistics.shortcut import Area


@dataclass(frozen=True, slots=True)
class Figure:
    """A trivial figure: what people call it, and what to do where it tells."""

    words: str
    advice: str


_COMPRESSED = "Take images that were saved alike, none of them as JPEG, or of like contrast"
_NOISE = "Take images of like noise, or let the generator add the noise of the real ones"
_GREY = "Take images of like brightness and contrast"
_SPECTRUM = (
    "Leave out images with scan lines or charging, and generators whose upsampling leaves a pattern"
)
FIGURES: dict[str, Figure] = {
    "png_bytes": Figure("bytes as PNG", _COMPRESSED),
    "jpeg_bytes": Figure("bytes as JPEG", _COMPRESSED),
    "mean_grey": Figure("mean grey", _GREY),
    "variance_grey2": Figure("variance", _GREY),
    "grey_levels": Figure("number of grey levels", _GREY),
    "black_part": Figure("part that is black", _GREY),
    "white_part": Figure("part that is white", _GREY),
    "sharpness_grey2": Figure("sharpness", "Take images of like focus and magnification"),
    "noise_grey": Figure("noise", _NOISE),
    "blockiness": Figure("blocks of 8 px", _COMPRESSED),
    "axial_peak_db": Figure("lines in the spectrum", _SPECTRUM),
    "point_peak_db": Figure("peaks in the spectrum", _SPECTRUM),
    "nyquist_db": Figure("finest detail", _SPECTRUM),
}
# Of these what matters is the ratio of two, not their difference.
_AS_LOGARITHM = ("sharpness_grey2", "variance_grey2", "noise_grey")
COMBINED = "combined"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the table: a figure, or all together."""

    key: str
    words: str
    auc: float
    low: float
    high: float
    above: bool  # the study's limit, and no chance finding

    @property
    def more(self) -> str:
        return "more in artificial" if self.auc > 0.5 else "less in artificial"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What came of an audit; `reason` says why there is none."""

    rows: list[Row] = field(default_factory=list)
    limit: float = 1.0
    real: int = 0
    artificial: int = 0
    reason: str = ""
    few: bool = False  # too few images to audit, however they are prepared

    @property
    def combined(self) -> Row | None:
        return next((row for row in self.rows if row.key == COMBINED), None)

    @property
    def lower_limit(self) -> float:
        return 1 - self.limit

    @property
    def enforced(self) -> bool:
        return self.limit < 1

    @property
    def problems(self) -> list[str]:
        together = [row for row in self.rows if row.above and row.key == COMBINED]
        alone = [row for row in self.rows if row.above and row.key != COMBINED]
        sentences = [_of_all(row, self.limit) for row in together]
        return [*sentences, _of_single(alone, self.limit)] if alone else sentences

    @property
    def json(self) -> dict[str, Any]:
        """As it is frozen with the protocol."""
        return {
            "limit": self.limit,
            "real": self.real,
            "artificial": self.artificial,
            "reason": self.reason,
            "auc": {row.key: [row.auc, row.low, row.high] for row in self.rows},
        }

    @classmethod
    def of(cls, frozen: dict[str, Any] | None) -> Told | None:
        """Read one again that was frozen; None where that protocol had none."""
        if not frozen:
            return None
        rows = [
            Row(key=key, words=_words(key), auc=auc, low=low, high=high, above=False)
            for key, (auc, low, high) in frozen["auc"].items()
        ]
        told = {name: frozen[name] for name in ("limit", "real", "artificial", "reason")}
        return cls(rows=sorted(rows, key=_order), **told)  # a database may have turned them round


def least_to_audit() -> int:
    """How many images of each kind an audit needs."""
    from survey.statistics.shortcut import LEAST  # brings NumPy along

    return LEAST


def shortcuts_of(stimuli: Sequence[Stimulus], *, limit: float) -> Told:
    """Audit the images of the study itself; practice and attention are not judged."""
    # Brings NumPy along: loaded only where somebody audits.
    from survey.statistics.shortcut import audit

    shown = [s for s in stimuli if s.use == Stimulus.Use.MAIN and s.served_id]
    groups = {
        truth: [_figures(s) for s in shown if s.truth == truth and "png_bytes" in s.figures]
        for truth in Answer.values
    }
    real, artificial = groups[Answer.REAL], groups[Answer.ARTIFICIAL]
    told = Told(limit=limit, real=len(real), artificial=len(artificial))
    if len(real) + len(artificial) < len(shown):
        return replace(told, reason="Prepare the images again: their figures are not known yet.")
    found = audit(artificial=_columns(artificial), real=_columns(real))
    if found is None:
        few = f"It needs {least_to_audit()} images of each kind; with fewer it is luck."
        return replace(told, reason=few, few=True)
    rows = [
        _row(name, one, above=one.strength > limit and name in found.certain)
        for name, one in found.figures.items()
    ]
    rows.append(_row(COMBINED, found.combined, above=found.combined.auc > limit))
    return replace(told, rows=sorted(rows, key=_order))


def _figures(stimulus: Stimulus) -> dict[str, float]:
    known = {**stimulus.figures, "variance_grey2": stimulus.figures.get("sd_grey", 0.0) ** 2}
    return {
        name: math.log1p(known.get(name, 0.0)) if name in _AS_LOGARITHM else known.get(name, 0.0)
        for name in FIGURES
    }


def _columns(group: Sequence[dict[str, float]]) -> dict[str, list[float]]:
    return {name: [one[name] for one in group] for name in FIGURES}


def _row(key: str, one: Area, *, above: bool) -> Row:
    # Rounded, so that what is frozen is what is shown.
    auc, low, high = (round(value, 4) for value in (one.auc, one.low, one.high))
    return Row(key=key, words=_words(key), auc=auc, low=low, high=high, above=above)


def _order(row: Row) -> tuple[bool, float, str]:
    """All together first, then what tells most."""
    return row.key != COMBINED, -max(row.auc, 1 - row.auc), row.key


def _words(key: str) -> str:
    return "all together" if key == COMBINED else FIGURES[key].words if key in FIGURES else key


def _of_all(row: Row, limit: float) -> str:
    return (
        f"Trivial figures all together tell real from artificial: leave-one-out AUC {row.auc:.2f} "
        f"({row.low:.2f} to {row.high:.2f}), and the study's limit is {limit:.2f}. See in the "
        "audit which ones tell most, take out the images that stick out, or allow a higher limit: "
        "then the study says whether people notice, not whether the particles look real."
    )


def _of_single(rows: Sequence[Row], limit: float) -> str:
    told = [f"“{row.words}” ({row.auc:.2f}, {row.more} images)" for row in rows]
    advice = list(dict.fromkeys(FIGURES[row.key].advice for row in rows))
    return (
        f"One figure alone tells real from artificial: {'; '.join(told)}. AUC 0.5 is chance, the "
        f"limit is {limit:.2f} or, the other way, {1 - limit:.2f}. {'. '.join(advice)}. Or allow a "
        "higher limit."
    )
