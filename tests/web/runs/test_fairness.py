"""No model is validated on what trained it."""

import pytest

from accounts.models import Role, User
from catalog.models import Dataset, Version
from catalog.services import version_freeze
from runs.datasets import dataset_from_run
from runs.errors import RunRefused
from runs.fairness import network_knows, warnings_of
from runs.models import Run, RunInput
from runs.services import InputRef, run_start
from tests.web.factories import make_dataset, make_file, make_image, make_pair, make_run, make_user

pytestmark = pytest.mark.django_db

HASH = "c3a5b17e0f9d2846"


@pytest.fixture
def analyst() -> User:
    return make_user(Role.ANALYST, Role.CURATOR)


@pytest.fixture
def dataset(analyst: User) -> Dataset:
    dataset = make_dataset(owner=analyst)
    make_image(dataset=dataset, split="train", phash=HASH, truth=make_file(bits=16))
    make_image(dataset=dataset, split="test", phash="0" * 16, truth=make_file(bits=16))
    return dataset


def trained(analyst: User, *sources: Run) -> Run:
    """A segmentation by a network that learned from these runs."""
    network = make_run(owner=analyst, stage="segment-train")
    for position, source in enumerate(sources):
        RunInput.objects.create(run=network, field="pairs", position=position, source_run=source)
    predictions = make_run(owner=analyst, stage="segment-predict")
    RunInput.objects.create(run=predictions, field="weights", source_run=network)
    return predictions


def trained_on(analyst: User, version: Version, split: str = "") -> Run:
    pairs = make_run(owner=analyst, stage="label-pairs")
    RunInput.objects.create(run=pairs, field="images", version=version, split=split)
    return trained(analyst, pairs)


def evaluate(analyst: User, predictions: Run, truth: InputRef) -> Run:
    inputs = [InputRef("predictions", source_run=predictions), truth]
    return run_start(owner=analyst, stage="evaluate", inputs=inputs)


def test_masks_that_trained_a_network_do_not_validate_it(analyst: User, dataset: Dataset) -> None:
    version = version_freeze(dataset=dataset, by=analyst)
    predictions = trained_on(analyst, version, "train")
    with pytest.raises(RunRefused, match="1 image of it trained the network"):
        evaluate(analyst, predictions, InputRef("truth", version=version, part="truth"))
    assert not Run.objects.filter(stage="evaluate").exists()


def test_what_looks_the_same_as_a_training_image_does_not_validate_it(
    analyst: User, dataset: Dataset
) -> None:
    version = version_freeze(dataset=dataset, by=analyst)
    other = make_dataset(owner=analyst)
    make_image(dataset=other, phash=HASH[:-1] + "7", truth=make_file(bits=16), name="crop.png")
    twin = version_freeze(dataset=other, by=analyst)
    with pytest.raises(RunRefused, match=r"crop\.png looks the same as"):
        evaluate(
            analyst,
            trained_on(analyst, version, "train"),
            InputRef("truth", version=twin, part="truth"),
        )


def test_the_part_that_a_network_has_not_seen_validates_it(analyst: User, dataset: Dataset) -> None:
    version = version_freeze(dataset=dataset, by=analyst)
    predictions = trained_on(analyst, version, "train")
    truth = InputRef("truth", version=version, part="truth", split="test")
    assert evaluate(analyst, predictions, truth).pk


def test_artificial_images_that_trained_a_network_do_not_validate_it(analyst: User) -> None:
    pair = make_pair(run=make_run(owner=analyst, stage="render"))
    predictions = trained(analyst, pair.run)
    with pytest.raises(RunRefused, match="was trained on the images of"):
        evaluate(analyst, predictions, InputRef("truth", source_run=pair.run, part="truth"))
    dataset = make_dataset(owner=analyst, kind="artificial")
    make_image(dataset=dataset, file=pair.image, truth=pair.labels)
    version = version_freeze(dataset=dataset, by=analyst)
    with pytest.raises(RunRefused, match="was trained on"):
        evaluate(analyst, predictions, InputRef("truth", version=version, part="truth"))


def test_scenes_that_trained_a_network_do_not_validate_it_in_another_rendering(
    analyst: User,
) -> None:
    scenes, others = (make_run(owner=analyst, stage="simulate") for _ in range(2))
    first, again, fresh = (make_run(owner=analyst, stage="render") for _ in range(3))
    learnt = make_pair(run=first, scene_run=scenes, scene_index=0)
    predictions = trained(analyst, first)

    make_pair(run=again, scene_run=scenes, scene_index=0)
    with pytest.raises(RunRefused, match="trained on the scenes of 1 image"):
        evaluate(analyst, predictions, InputRef("truth", source_run=again))
    make_pair(run=fresh, scene_run=others, scene_index=0)
    evaluate(analyst, predictions, InputRef("truth", source_run=fresh))
    # The same seed drops the same scene: its masks are the same file, whatever run it was.
    make_pair(run=fresh, scene_run=others, scene_index=1, labels=learnt.labels)
    with pytest.raises(RunRefused, match="Simulate others, with another seed"):
        evaluate(analyst, predictions, InputRef("truth", source_run=fresh))


def flipped(phash: str, bits: int) -> str:
    """A hash that differs in so many bits."""
    return f"{int(phash, 16) ^ ((1 << bits) - 1):016x}"


@pytest.mark.parametrize(("bits", "is_refused"), [(0, True), (7, True), (8, False), (40, False)])
@pytest.mark.parametrize("truth_is", ["uploaded", "made by a run", "a run"])
def test_what_looks_the_same_as_an_artificial_training_image_does_not_validate(
    analyst: User, bits: int, is_refused: bool, truth_is: str
) -> None:
    learnt = make_pair(run=make_run(owner=analyst, stage="render", name="Night"), phash=HASH)
    predictions = trained(analyst, learnt.run)
    other = make_pair(
        run=make_run(owner=analyst, stage="render", status="succeeded"), phash=flipped(HASH, bits)
    )
    if truth_is == "a run":
        truth = InputRef("truth", source_run=other.run, part="truth")
    else:
        if truth_is == "uploaded":  # sent away, encoded anew, and taken in again
            dataset = make_dataset(owner=analyst)
            make_image(dataset=dataset, phash=other.phash, truth=make_file(bits=16), name="a.jpg")
        else:
            dataset = dataset_from_run(run=other.run, by=analyst, name="Artificial")
        version = version_freeze(dataset=dataset, by=analyst)
        truth = InputRef("truth", version=version, part="truth")
        assert network_knows(predictions=predictions, images=dataset.images.all()) == is_refused
    if is_refused:
        with pytest.raises(RunRefused, match="looks the same as image 0 of Night"):
            evaluate(analyst, predictions, truth)
        assert not Run.objects.filter(stage="evaluate").exists()
    else:
        assert evaluate(analyst, predictions, truth).pk


@pytest.mark.parametrize("known_by", ["scene", "masks"])
def test_a_dataset_of_scenes_that_trained_a_network_does_not_validate_it(
    analyst: User, known_by: str
) -> None:
    learnt = make_pair(run=make_run(owner=analyst, stage="render"))
    predictions = trained(analyst, learnt.run)
    if known_by == "scene":
        again = make_run(owner=analyst, stage="render", status="succeeded")
        make_pair(run=again, scene_run=learnt.scene_run, scene_index=learnt.scene_index)
        make_pair(run=again)
        dataset = dataset_from_run(run=again, by=analyst, name="Again")
    else:
        dataset = make_dataset(owner=analyst)
        make_image(dataset=dataset, truth=learnt.labels)
    version = version_freeze(dataset=dataset, by=analyst)
    assert network_knows(predictions=predictions, images=dataset.images.all())
    with pytest.raises(RunRefused, match="trained on the masks of 1 image of it"):
        evaluate(analyst, predictions, InputRef("truth", version=version, part="truth"))


def test_pairs_of_an_earlier_release_have_no_looks_and_are_alike_to_nothing(analyst: User) -> None:
    first, second = (make_run(owner=analyst, stage="render") for _ in range(2))
    make_pair(run=first)
    make_pair(run=second)
    truth = InputRef("truth", source_run=second, part="truth")
    assert evaluate(analyst, trained(analyst, first), truth).pk


def test_a_network_trained_on_artificial_images_is_validated_on_real_ones(
    analyst: User, dataset: Dataset
) -> None:
    version = version_freeze(dataset=dataset, by=analyst)
    render = make_pair(run=make_run(owner=analyst, stage="render")).run
    truth = InputRef("truth", version=version, part="truth")
    assert evaluate(analyst, trained(analyst, render), truth).pk


def test_a_generator_that_has_seen_the_images_is_told_beside_the_figures(
    analyst: User, dataset: Dataset
) -> None:
    version = version_freeze(dataset=dataset, by=analyst)
    gan = make_run(owner=analyst, stage="cyclegan-train")
    RunInput.objects.create(run=gan, field="real", version=version, split="train")
    pairs = make_run(owner=analyst, stage="cyclegan-generate")
    RunInput.objects.create(run=pairs, field="generator", source_run=gan)
    predictions = trained(analyst, pairs)
    seen = evaluate(
        analyst, predictions, InputRef("truth", version=version, part="truth", split="train")
    )
    (said,) = warnings_of(seen)
    assert "has seen 1 image of these" in said
    other = evaluate(
        analyst, predictions, InputRef("truth", version=version, part="truth", split="test")
    )
    assert warnings_of(other) == []
    assert warnings_of(predictions) == []
