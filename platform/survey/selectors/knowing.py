"""By what ways somebody with an account could know which images of a study are real."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from catalog.near import near_hashes, near_hashes_kept
from catalog.showing import ways_to_open
from core.opened import acted_on, could_open
from survey.models import Judgement, Presentation, State, Stimulus, Study
from survey.same_image import faces_of, same_images
from survey.selectors.studies import sees_results

MAY_KNOW = "may-know"  # the event in a rater's log; its details are `Knowledge.json`
# In the words of the monitor. None names a dataset or a person: raters are pseudonyms.
WORDS = {
    "key": "the key of the study",
    "dataset": "a dataset",
    "run": "a run",
    "review": "a review",
    "other-key": "the key of another study",
    "results": "results of a closed study",
    "practice": "practice in another study",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowledge:
    """How many of a study's images somebody could know; by each way, and by all together."""

    images: int
    total: int
    ways: dict[str, int]

    @property
    def json(self) -> dict[str, Any]:
        return {"images": self.images, "total": self.total, "ways": self.ways}


class Looks:
    """Where the images of a study are shown, looked up once; and who could have opened that.

    The same image is one of the same file, of the same pixels as browsers get them, or one whose
    whole micrograph looks the same, by the bits that `catalog.near` finds; in another study as
    `survey.same_image` has it. `afresh` looks for what looks the same anew, and so misses nothing
    that somebody was just adding at the look before.
    """

    def __init__(self, study: Study, *, afresh: bool = False) -> None:
        self._numbers = _marks(study, afresh=afresh)
        self._total = len({number for those in self._numbers.values() for number in those})
        marks = frozenset(self._numbers)
        self._by_platform = ways_to_open(marks)
        self._by_studies = ByStudies(study)

    def at(self, user: Any) -> Knowledge:
        """What one person could know by now."""
        if not user.is_authenticated:
            return Knowledge(images=0, total=self._total, ways={})
        known = {
            way: {number for mark in those for number in self._numbers[mark]}
            for way, those in self._by_platform(user).items()
        } | self._by_studies.told(user)
        return Knowledge(
            images=len(set().union(*known.values())),
            total=self._total,
            ways={way: len(known[way]) for way in WORDS if known.get(way)},
        )


def knowledge_of(*, study: Study, user: Any) -> Knowledge:
    """Look for each image of the set wherever this installation tells whether it is real."""
    return Looks(study).at(user)


def _marks(study: Study, *, afresh: bool) -> dict[str, set[int]]:
    """What an image of the set is found again by, with the numbers of the images."""
    numbers: dict[str, set[int]] = defaultdict(set)
    looks: set[str] = set()  # perceptual hashes among them
    stimuli = study.stimuli.filter(use=Stimulus.Use.MAIN).select_related("image", "pair")
    for one in stimuli:
        known = {one.source_id, one.served_id}
        look = {one.figures.get("whole_phash")}
        if one.image is not None:
            known |= {one.image.file_id, one.image.view_id}
            look.add(one.image.phash)
        if one.pair is not None:
            known.add(one.pair.image_id)
            look.add(one.pair.phash)
        for mark in known | look:
            if mark:
                numbers[mark].add(one.number)
        looks |= {mark for mark in look if mark}
    near = near_hashes(looks) if afresh else near_hashes_kept(looks, name=study.code)
    for mark, those in near.items():
        numbers[mark] = numbers[mark].union(*(numbers[look] for look in those))
    return dict(numbers)


class ByStudies:
    """Studies with the same images: whose key, results or practice told a person of which numbers.

    Four statements, however many studies there are.
    """

    def __init__(self, study: Study) -> None:
        self._study = study
        ours = study.stimuli.filter(use=Stimulus.Use.MAIN)
        numbers = dict(ours.values_list("pk", "number"))
        self._all = set(numbers.values())
        self._by_stimulus: dict[int, set[int]] = {}
        self._by_study: dict[int, set[int]] = defaultdict(set)
        others = faces_of(Stimulus.objects.exclude(study=study))
        same = same_images(faces_of(ours), others) if others else {}
        for other in others:
            if other.key in same:
                self._by_stimulus[other.key] = {numbers[key] for key in same[other.key]}
                self._by_study[other.study] |= self._by_stimulus[other.key]
        self._others = list(Study.objects.filter(pk__in=self._by_study)) if same else []

    def told(self, user: Any) -> dict[str, set[int]]:
        keys = _has_key([self._study, *self._others], user)
        closed = {one.pk: one for one in self._others if one.state == State.CLOSED}
        opened = could_open(Study.objects.filter(pk__in=closed), user=user) if closed else set()
        told = [key for key in opened if sees_results(study=closed[key], user=user)]
        return {
            "key": self._all if self._study.pk in keys else set(),
            "other-key": self._of(keys - {self._study.pk}),
            "results": self._of(told),
            "practice": self._practised(user),
        }

    def _of(self, studies: Iterable[int]) -> set[int]:
        return {number for key in studies for number in self._by_study[key]}

    def _practised(self, user: Any) -> set[int]:
        if not self._by_stimulus:
            return set()
        practised = Judgement.objects.filter(
            presentation__session__rater=user,
            presentation__kind=Presentation.Kind.PRACTICE,
            presentation__stimulus__in=self._by_stimulus,
        ).values_list("presentation__stimulus", flat=True)
        return {number for key in practised for number in self._by_stimulus[key]}


def _has_key(studies: Sequence[Study], user: Any) -> set[int]:
    """Studies that are in the person's hands, or were: the log names who changed or looked."""
    keys = {one.pk for one in studies}
    if user.is_superuser:
        return keys
    own = {one.pk for one in studies if one.owner_id == user.pk}
    return own | acted_on(Study, keys - own, user=user)
