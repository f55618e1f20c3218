"""From rows, one a presentation, to tables of raters and images."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from survey.statistics.arrays import Bools, Floats, Ints, Strings
from survey.statistics.clustered import codes
from survey.statistics.roc import graded

REQUIRED = ("rater", "image", "truth", "decision")
OPTIONAL: dict[str, Any] = {
    "arm": "",  # the generator; empty for real images
    "kind": "main",  # or "repeat", "attention", "practice"
    "confidence": np.nan,  # 1 guess, 2 fairly sure, 3 sure
    "response_ms": np.nan,
    "position": np.nan,  # from 1, in the session
    "excluded": False,
    "excluded_why": "",
    "expertise": "",  # of the rater, as they said
    "seen_before": np.nan,  # true where the rater said so of the image
    "reason": "",  # in the rater's own words
    "regions": "",  # what the rater marked: JSON list of [x, y, width, height], px
    "could_know": False,  # the rater could see the images elsewhere
}
ARTIFICIAL, REAL = "artificial", "real"


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The first answer of each rater to each image; raters and images in the order of their names.

    decisions : (raters, images) float64, 1 said "artificial", 0 "real", NaN missing. grades : the
    same, 1 (sure it is real) to 6 (sure it is artificial). truth : (images,) bool, true artificial.
    arms : (images,) str. Raters and images without any answer are not in it.
    """

    raters: tuple[str, ...]
    images: tuple[str, ...]
    decisions: Floats
    grades: Floats
    truth: Bools
    arms: Strings

    @property
    def crossed(self) -> bool:
        """Every rater judged every image."""
        return bool(self.decisions.size) and not bool(np.isnan(self.decisions).any())

    @property
    def answers(self) -> int:
        return int((~np.isnan(self.decisions)).sum())

    def against_real(self, label: str) -> Table:
        """Keep the artificial images of one label, and the real ones."""
        shown = np.array([one in (label, "") for one in self.labels], dtype=bool)
        judged = (~np.isnan(self.decisions[:, shown])).any(axis=1)
        return Table(
            raters=tuple(rater for rater, kept in zip(self.raters, judged, strict=True) if kept),
            images=tuple(image for image, kept in zip(self.images, shown, strict=True) if kept),
            decisions=self.decisions[judged][:, shown],
            grades=self.grades[judged][:, shown],
            truth=self.truth[shown],
            arms=self.arms[shown],
        )

    @property
    def labels(self) -> list[str]:
        """The generator of each image, "artificial" where none is named; "" for a real one."""
        named = np.where(self.arms == "", ARTIFICIAL, self.arms)
        return [str(label) for label in np.where(self.truth, named, "")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """Answered rows as arrays of one length, for what is computed answer by answer."""

    rater: Ints  # numbered as in the table
    image: Ints
    is_artificial: Bools
    said_artificial: Bools
    confidence: Floats
    response_ms: Floats
    position: Floats
    seen_before: Floats  # 1 yes, 0 no, NaN not told

    @property
    def correct(self) -> Bools:
        return np.asarray(self.is_artificial == self.said_artificial)


def tidied(answers: pd.DataFrame) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Fill what is missing, drop what cannot be read; the rows and sentences of what was dropped.

    Raises ValueError where a required column (`REQUIRED`) is missing.
    """
    missing = [name for name in REQUIRED if name not in answers]
    if missing:
        raise ValueError(f"The table of answers has no column {', '.join(missing)}.")
    frame = _filled(answers)
    notes: list[str] = []

    def leave_out(rows: pd.Series[bool], sentence: str) -> None:
        nonlocal frame
        if rows.any():
            notes.append(sentence.format(n=int(rows.sum())))
            frame = frame[~rows].reset_index(drop=True)

    nameless = (frame["rater"] == "") | (frame["image"] == "")
    leave_out(nameless, "{n} rows do not name their rater or their image; they are left out.")
    leave_out(frame["truth"].isna(), "{n} rows do not say what the image is; they are left out.")
    leave_out(
        _contradicts(frame),
        "{n} rows contradict the first row of their image about what it is; they are left out.",
    )
    counts = (frame["kind"] == "main") & frame["decision"].notna()
    leave_out(
        counts & frame[["rater", "image"]].where(counts).duplicated(),
        "{n} answers came a second time without being repeats; the first counts.",
    )
    # Sums of the same answers in another order differ in their last digits.
    frame = frame.sort_values(["rater", "image", "kind"], kind="stable").reset_index(drop=True)
    return frame, tuple(notes)


def _filled(answers: pd.DataFrame) -> pd.DataFrame:
    frame = answers.copy().reset_index(drop=True)
    for name, default in OPTIONAL.items():
        if name not in frame:
            frame[name] = default
    for name in ("rater", "image", "arm", "kind", "expertise", "excluded_why", "reason", "regions"):
        frame[name] = frame[name].astype(object).where(frame[name].notna(), "").astype(str)
    for name in ("confidence", "response_ms", "position", "seen_before"):
        values = pd.to_numeric(frame[name].astype(object), errors="coerce").astype(float)
        frame[name] = values.where(np.isfinite(values))
    frame["confidence"] = frame["confidence"].where(frame["confidence"].isin([1, 2, 3]))
    for name in ("excluded", "could_know"):
        frame[name] = frame[name].astype(object).where(frame[name].notna(), False).astype(bool)
    for name in ("truth", "decision"):
        frame[name] = frame[name].astype(object).where(frame[name].isin([ARTIFICIAL, REAL]), None)
    return frame


def _contradicts(frame: pd.DataFrame) -> pd.Series[bool]:
    shown = frame["kind"].isin(["main", "repeat"])
    first = frame[shown].drop_duplicates("image").set_index("image")["truth"]
    return shown & (frame["image"].map(first) != frame["truth"])


def answered(frame: pd.DataFrame, *, everybody: bool = False) -> pd.DataFrame:
    """Keep the answers of the study itself; excluded ones only with `everybody`."""
    kept = (frame["kind"] == "main") & frame["decision"].notna()
    return frame[kept if everybody else kept & ~frame["excluded"]]


def table_of(frame: pd.DataFrame) -> Table:
    """Lay answered rows out as raters and images."""
    raters, images = (tuple(sorted(frame[name].unique())) for name in ("rater", "image"))
    rater, _ = codes(frame["rater"].to_numpy(str))
    image, _ = codes(frame["image"].to_numpy(str))
    said = (frame["decision"] == ARTIFICIAL).to_numpy(float)

    def laid_out(values: Floats) -> Floats:
        found = np.full((len(raters), len(images)), np.nan)
        found[rater, image] = values
        return found

    first = frame.drop_duplicates("image").sort_values("image")
    return Table(
        raters=raters,
        images=images,
        decisions=laid_out(said),
        grades=laid_out(graded(said, frame["confidence"].to_numpy(float))),
        truth=(first["truth"] == ARTIFICIAL).to_numpy(bool),
        arms=first["arm"].where(first["truth"] == ARTIFICIAL, "").to_numpy(str),
    )


def rows_of(frame: pd.DataFrame) -> Rows:
    """Give the same rows as arrays."""
    return Rows(
        rater=codes(frame["rater"].to_numpy(str))[0],
        image=codes(frame["image"].to_numpy(str))[0],
        is_artificial=(frame["truth"] == ARTIFICIAL).to_numpy(bool),
        said_artificial=(frame["decision"] == ARTIFICIAL).to_numpy(bool),
        confidence=frame["confidence"].to_numpy(float),
        response_ms=frame["response_ms"].to_numpy(float),
        position=frame["position"].to_numpy(float),
        seen_before=frame["seen_before"].to_numpy(float),
    )
