"""No model is validated on what trained it, nor on what looks the same.

A CycleGAN may learn the look of images that are measured later: it sees no mask of them, and a
warning of the evaluation says so. A segmenter that has seen the masks themselves would be asked
what it was told.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q, Value
from django.db.models.functions import Coalesce, NullIf

from catalog.hashes import HashIndex
from catalog.leaks import leaking_images
from catalog.models import Image, VersionItem
from catalog.selectors import images_of_version
from runs.errors import RunRefused
from runs.models import Pair, Run, RunInput
from runs.stages import GAN_GENERATE

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from runs.inputs import InputRef

EVALUATE, PREDICTIONS, TRUTH = "evaluate", "predictions", "truth"
GENERATOR = "generator"
_ADVICE = (
    "Choose a part of the dataset that it has not seen, e.g. its test split, or train another one."
)


def refuse_trained(inputs: Iterable[InputRef]) -> None:
    """Refuse an evaluation whose truth trained the network that made its predictions."""
    given = {one.field: one for one in inputs}
    predictions, truth = given.get(PREDICTIONS), given.get(TRUTH)
    if predictions is None or truth is None or predictions.source_run is None:
        return
    sources = _training_sources(predictions.source_run)
    if not sources:
        return
    if truth.source_run is not None:
        _refuse_scenes(truth.source_run, sources)
    if truth.version is None:
        return
    validation = images_of_version(version=truth.version, split=truth.split)
    learnt = Pair.objects.filter(run__in=sources)
    artificial = validation.filter(file__in=learnt.values("image")).first()
    if artificial is not None:
        raise RunRefused(TRUTH, f"The network was trained on {artificial.name}. {_ADVICE}")
    _refuse_alike(_looks_of_images(validation), learnt)
    if masks := _of_scenes(validation, learnt).count():
        images = "1 image" if masks == 1 else f"{masks} images"
        raise RunRefused(
            TRUTH, f"The network was trained on the masks of {images} of it. {_ADVICE}"
        )
    found = leaking_images(training=_training_images(sources), validation=validation)
    if found:
        images = "image" if len(found) == 1 else "images"
        raise RunRefused(
            TRUTH,
            f"{len(found)} {images} of it trained the network or look the same as some that did. "
            f"{found[0].sentence} {_ADVICE}",
        )


def _refuse_scenes(truth: Run, sources: Sequence[Run]) -> None:
    """Refuse artificial images, or masks of scenes, that the network has seen.

    Another rendering of a scene has the very masks that it learnt; the same seed drops it again.
    """
    if truth in sources:
        raise RunRefused(TRUTH, f"The network was trained on the images of {truth}.")
    learnt = Pair.objects.filter(run__in=sources)
    asked = Pair.objects.filter(run=truth)
    same_scene = learnt.filter(scene_run=OuterRef("scene_run"), scene_index=OuterRef("scene_index"))
    known = asked.filter(
        Q(image__in=learnt.values("image"))
        | Q(labels__in=learnt.values("labels"))
        | Exists(same_scene)
    ).count()
    if known:
        images = "1 image" if known == 1 else f"{known} images"
        raise RunRefused(
            TRUTH,
            f"The network was trained on the scenes of {images} of {truth}. Simulate others, with "
            "another seed, to validate it.",
        )
    _refuse_alike(_looks_of_pairs(asked), learnt)


def _of_scenes(images: QuerySet[Image], learnt: QuerySet[Pair]) -> QuerySet[Image]:
    """Those of `images` that have the very masks of pairs, or show their scenes."""
    same_scene = learnt.filter(
        scene_run=OuterRef("origin__pair__scene_run"),
        scene_index=OuterRef("origin__pair__scene_index"),
    )
    return images.filter(Q(truth__in=learnt.values("labels")) | Exists(same_scene))


def _refuse_alike(asked: Iterable[tuple[str, str]], learnt: QuerySet[Pair]) -> None:
    """Refuse what looks the same as an artificial training image; `asked` are names and hashes."""
    found = _alike(asked, learnt)
    if not found:
        return
    name, pair = found[0]
    images = "1 image" if len(found) == 1 else f"{len(found)} images"
    raise RunRefused(
        TRUTH,
        f"The network was trained on artificial images that look the same as {images} of it: "
        f"{name} looks the same as image {pair.number} of {pair.run}. {_ADVICE}",
    )


def _alike(asked: Iterable[tuple[str, str]], learnt: QuerySet[Pair]) -> list[tuple[str, Pair]]:
    """Name what looks the same as one of these pairs, each with the nearest of them."""
    index = HashIndex(learnt.exclude(phash="").values_list("pk", "phash"))
    near = ((name, index.near(phash)) for name, phash in asked if phash)
    found = [(name, nearest[0][1]) for name, nearest in near if nearest]
    pairs = Pair.objects.select_related("run").in_bulk({key for _, key in found})
    return [(name, pairs[key]) for name, key in found]


def _looks_of_images(images: QuerySet[Image]) -> Iterable[tuple[str, str]]:
    """Names and hashes; of an image that a run made, the hash is the pair's."""
    looks = Coalesce(NullIf("phash", Value("")), "origin__pair__phash", Value(""))
    return images.annotate(looks=looks).values_list("name", "looks").iterator()


def _looks_of_pairs(pairs: QuerySet[Pair]) -> Iterable[tuple[str, str]]:
    rows = pairs.order_by("number").values_list("number", "phash")
    return ((f"image {number}", phash) for number, phash in rows)


def warnings_of(evaluation: Run) -> list[str]:
    """Say where a generator behind the network has learnt the look of what it is judged by."""
    if evaluation.stage != EVALUATE:
        return []
    given = {one.field: one for one in evaluation.inputs.select_related("version", "source_run")}
    predictions, truth = given.get(PREDICTIONS), given.get(TRUTH)
    if predictions is None or predictions.source_run is None:
        return []
    if truth is None or truth.version is None:
        return []
    validation = images_of_version(version=truth.version, split=truth.split)
    sources = [run.pk for run in _training_sources(predictions.source_run)]
    seen = images_behind_generators(runs=sources)
    found = leaking_images(training=seen, validation=validation)
    if not found:
        return []
    images = "1 image" if len(found) == 1 else f"{len(found)} images"
    return [
        f"The generator behind the network has seen {images} of these, or such as look the same, "
        "though no mask of them: the figures are for images whose look was known."
    ]


def network_knows(*, predictions: Run, images: QuerySet[Image]) -> bool:
    """Whether the network of a segmentation was trained on one of these, or on what looks alike."""
    sources = _training_sources(predictions)
    learnt = Pair.objects.filter(run__in=sources)
    if learnt.filter(image__in=images.values("file")).exists():
        return True
    if _of_scenes(images, learnt).exists() or _alike(_looks_of_images(images), learnt):
        return True
    return bool(leaking_images(training=_training_images(sources), validation=images))


def images_behind_generators(*, runs: Iterable[int]) -> QuerySet[Image]:
    """The real images whose look the generators of these runs have learnt."""
    trainings = RunInput.objects.filter(
        run__in=list(runs), field=GENERATOR, source_run__isnull=False
    )
    return _training_images([one.source_run for one in trainings.select_related("source_run")])


def generators_without_record(*, runs: Iterable[int]) -> list[int]:
    """Those of these runs whose generator was trained elsewhere, so that its images are unknown."""
    asked = Run.objects.filter(pk__in=list(runs), stage=GAN_GENERATE)
    known = RunInput.objects.filter(field=GENERATOR, source_run__isnull=False).values("run")
    return list(asked.exclude(pk__in=known).values_list("pk", flat=True))


def _training_sources(predictions: Run) -> list[Run]:
    """The runs whose output trained the network of a segmentation."""
    networks = RunInput.objects.filter(run=predictions, field="weights").values("source_run")
    pairs = RunInput.objects.filter(run__in=networks, field="pairs", source_run__isnull=False)
    return [one.source_run for one in pairs.select_related("source_run") if one.source_run]


def _training_images(sources: Sequence[Run | None]) -> QuerySet[Image]:
    """The images of datasets whose masks became pairs to train on."""
    read = RunInput.objects.filter(run__in=sources, version__isnull=False)
    keys: set[int] = set()
    for one in read.select_related("version"):
        items = VersionItem.objects.filter(version=one.version)
        if one.split:
            items = items.filter(split=one.split)
        keys.update(items.values_list("image_id", flat=True))
    return Image.objects.filter(pk__in=keys)
