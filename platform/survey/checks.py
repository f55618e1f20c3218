"""What stands in the way of opening a study, and what its organiser should know before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from catalog.hashes import distance
from survey.models import Answer, Stimulus, Study, Use
from survey.statistics.separation import auc

LEAST = {Use.STUDY: 2, Use.GAME: 5}  # images of a kind
NEAR_BITS = 4
UNEVEN = 1.5
# A figure that alone sorts so many pairs of a real and an artificial image gives the answer away.
TELLTALE, LEAST_TO_TELL = 0.85, 5
_FIGURES = {
    "sharpness_grey2": "sharpness",
    "mean_grey": "mean grey",
    "sd_grey": "contrast",
    "grey_levels": "the number of grey levels",
    "black_part": "the part that is black",
    "white_part": "the part that is white",
}


@dataclass(slots=True)
class Checks:
    """Sentences; a study with a problem does not open."""

    problems: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    real: int = 0
    artificial: int = 0
    prepared: bool = False


def counted(*, study: Study) -> Checks:
    """How many images of which kind, without looking at any."""
    real = study.stimuli.filter(truth=Answer.REAL).count()
    return Checks(real=real, artificial=study.stimuli.count() - real)


def opening_checks(*, study: Study) -> Checks:
    stimuli = list(study.stimuli.order_by("number"))
    real = [s for s in stimuli if s.truth == Answer.REAL]
    artificial = [s for s in stimuli if s.truth == Answer.ARTIFICIAL]
    found = Checks(real=len(real), artificial=len(artificial))
    least = LEAST[Use(study.use)]
    for name, of_kind in (("real", real), ("artificial", artificial)):
        if len(of_kind) < least:
            found.problems.append(f"It needs at least {least} {name} images.")
    found.problems += [f"{s.source_name}: {s.problem}" for s in stimuli if s.problem]
    waiting = [s for s in stimuli if not s.served_id and not s.problem]
    found.prepared = bool(stimuli) and not waiting
    if waiting:
        found.problems.append("The images are not prepared yet.")
    served = [s for s in stimuli if s.served_id]
    if len({(s.width_px, s.height_px) for s in served}) > 1:
        found.problems.append("The images differ in size; prepare them again.")
    found.warnings = [*_uneven(found), *_alike(served), *_telltales(served)]
    return found


def _uneven(found: Checks) -> list[str]:
    many, few = max(found.real, found.artificial), min(found.real, found.artificial)
    if few and many / few > UNEVEN:
        return [
            f"{found.real} real against {found.artificial} artificial images is uneven: who always "
            "gives one answer is then right more often."
        ]
    return []


def _alike(served: Sequence[Stimulus]) -> list[str]:
    hashed = [(s, s.figures["phash"]) for s in served if s.figures.get("phash")]
    return [
        f"{first.source_name} and {second.source_name} look the same."
        for index, (first, one) in enumerate(hashed)
        for second, other in hashed[index + 1 :]
        if distance(one, other) <= NEAR_BITS
    ]


def _telltales(served: Sequence[Stimulus]) -> list[str]:
    warnings = []
    for name, words in _FIGURES.items():
        values: dict[str, list[float]] = {Answer.REAL: [], Answer.ARTIFICIAL: []}
        for stimulus in served:
            if name in stimulus.figures:
                values[stimulus.truth].append(stimulus.figures[name])
        if min(map(len, values.values())) < LEAST_TO_TELL:
            continue
        told = auc(values[Answer.ARTIFICIAL], values[Answer.REAL])
        if told is not None and max(told, 1 - told) >= TELLTALE:
            more = "more" if told > 0.5 else "less"
            warnings.append(
                f"By {words} alone {max(told, 1 - told):.0%} of pairs are told apart: artificial "
                f"images have {more} of it. Raters may learn that instead of looking."
            )
    return warnings
