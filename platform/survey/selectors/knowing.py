"""By what ways somebody with an account could know which images of a study are real."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from catalog.showing import ways_to_open
from core.opened import acted_on, could_open
from survey.models import Judgement, Presentation, State, Stimulus, Study
from survey.selectors.studies import sees_results

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


def knowledge_of(*, study: Study, user: Any) -> Knowledge:
    """Look for each image of the set wherever this installation tells whether it is real.

    The same image is one of the same file, of the same pixels as browsers get them, or of the same
    perceptual hash.
    """
    numbers = _marks(study)
    total = len({number for those in numbers.values() for number in those})
    if not user.is_authenticated:
        return Knowledge(images=0, total=total, ways={})
    marks = frozenset(numbers)
    found = ways_to_open(marks, user=user) | _by_studies(study, marks, user)
    if _has_key(Study.objects.filter(pk=study.pk), user):
        found["key"] = set(marks)
    known = {way: {n for mark in those for n in numbers[mark]} for way, those in found.items()}
    return Knowledge(
        images=len(set().union(*known.values())),
        total=total,
        ways={way: len(known[way]) for way in WORDS if known.get(way)},
    )


def _marks(study: Study) -> dict[str, set[int]]:
    """What an image of the set is found again by, with the numbers of the images."""
    numbers: dict[str, set[int]] = defaultdict(set)
    stimuli = study.stimuli.filter(use=Stimulus.Use.MAIN).select_related("image", "pair")
    for one in stimuli:
        known = {one.source_id, one.served_id}
        if one.image is not None:
            known |= {one.image.file_id, one.image.view_id, one.image.phash}
        if one.pair is not None:
            known.add(one.pair.image_id)
        for mark in known:
            if mark:
                numbers[mark].add(one.number)
    return dict(numbers)


def _by_studies(study: Study, marks: frozenset[str], user: Any) -> dict[str, set[str]]:
    """Other studies with the same images: whose key, results or practice told the person."""
    same = Stimulus.objects.filter(Q(source__in=marks) | Q(served__in=marks)).exclude(study=study)
    others = Study.objects.filter(pk__in=same.values("study"))
    closed = others.filter(state=State.CLOSED)
    opened = could_open(closed, user=user)
    told = [one.pk for one in closed.filter(pk__in=opened) if sees_results(study=one, user=user)]
    practised = Judgement.objects.filter(
        presentation__session__rater=user, presentation__kind=Presentation.Kind.PRACTICE
    ).values("presentation__stimulus")
    return {
        "other-key": _files(same.filter(study__in=_has_key(others, user)), marks),
        "results": _files(same.filter(study__in=told), marks),
        "practice": _files(same.filter(pk__in=practised), marks),
    }


def _has_key(studies: QuerySet[Study], user: Any) -> set[int]:
    """Studies that are in the person's hands, or were: the log names who changed or looked."""
    keys = set(studies.values_list("pk", flat=True))
    if user.is_superuser:
        return keys
    own = set(studies.filter(owner=user).values_list("pk", flat=True))
    return own | acted_on(Study, keys - own, user=user)


def _files(stimuli: QuerySet[Stimulus], marks: frozenset[str]) -> set[str]:
    return {mark for row in stimuli.values_list("source", "served") for mark in row} & marks
