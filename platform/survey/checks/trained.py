"""Images that a generator was trained on, or that look the same as some that it was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from catalog.hashes import MOST_BITS, HashIndex
from runs.fairness import generators_without_record, images_behind_generators
from runs.models import ImageOrigin
from survey.models import Answer, Stimulus


@dataclass(frozen=True, slots=True, kw_only=True)
class Trained:
    """What is known of the training of the generators behind a study's artificial images."""

    seen: list[tuple[Stimulus, bool]]  # with whether it is the very same file
    unknown: list[str]  # arms of which nobody can say what trained them

    @property
    def sentences(self) -> list[str]:
        return [
            f"{s.source_name} "
            + ("trained a generator" if same else "looks the same as an image that trained one")
            + " of this study: "
            + (
                "the generator may have copied it."
                if s.truth == Answer.ARTIFICIAL
                else "artificial images may resemble it for that reason alone."
            )
            for s, same in self.seen
        ]

    @property
    def warnings(self) -> list[str]:
        return [
            f"Nobody can say which images trained “{arm}”; leave out real images that it may know."
            for arm in self.unknown
        ]


def trained_images(stimuli: Sequence[Stimulus]) -> Trained:
    artificial = [s for s in stimuli if s.truth == Answer.ARTIFICIAL and (s.image_id or s.pair_id)]
    made_by = _runs_of(artificial)
    unrecorded = set(generators_without_record(runs=set(made_by.values())))
    unknown = {
        s.arm or s.source_name
        for s in artificial
        if s.number not in made_by or made_by[s.number] in unrecorded
    }
    training = images_behind_generators(runs=set(made_by.values()))
    rows = list(training.values_list("pk", "file_id", "phash"))
    files = {file for _, file, _ in rows}
    index = HashIndex((pk, phash) for pk, _, phash in rows if phash)
    seen = []
    for s in stimuli:
        if s.source_id in files:
            seen.append((s, True))
        elif (phash := _hash_of(s)) and index.near(phash, most_bits=MOST_BITS):
            seen.append((s, False))
    return Trained(seen=seen, unknown=sorted(unknown))


def _runs_of(stimuli: Sequence[Stimulus]) -> dict[int, int]:
    """The run that made each artificial image, by the stimulus' number, where one did."""
    made = {s.number: s.pair.run_id for s in stimuli if s.pair is not None}
    images = {s.image_id: s.number for s in stimuli if s.image_id is not None}
    origins = ImageOrigin.objects.filter(image__in=images).values_list("image_id", "run_id")
    return made | {images[image]: run for image, run in origins}


def _hash_of(stimulus: Stimulus) -> str:
    """Of the whole micrograph, as datasets hash theirs."""
    known = stimulus.figures.get("whole_phash")
    return str(known or (stimulus.image.phash if stimulus.image else ""))
