from collections import Counter
from typing import Any

import pytest

from catalog.errors import Refused
from catalog.filters import ImageFilter
from catalog.models import BulkEdit, Dataset, Image, NearDuplicate, Tag
from catalog.services import bulk_start, bulk_step, bulk_stop
from tests.web.factories import make_dataset, make_image

pytestmark = pytest.mark.django_db


@pytest.fixture
def dataset() -> Dataset:
    dataset = make_dataset()
    for number in range(10):
        make_image(dataset=dataset, name=f"{number}.tif", data_bar_row=5 if number < 3 else None)
    return dataset


@pytest.fixture(params=[3, 2000], ids=["slices of 3", "one slice"])
def slices(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr("catalog.services.bulk.SLICE", request.param)
    return int(request.param)


def edit(dataset: Dataset, action: str, value: dict[str, Any], **which: Any) -> BulkEdit:
    if not which:
        which = {"matching": ImageFilter()}
    now = bulk_start(dataset=dataset, by=dataset.owner, action=action, value=value, **which)
    for _ in range(10):
        now = bulk_step(edit=now)
        if now.is_final:
            return now
    raise AssertionError("the edit never ends")


def names(**wanted: Any) -> str:
    return "".join(sorted(image.name[0] for image in Image.objects.filter(**wanted)))


@pytest.mark.parametrize(
    ("action", "value", "says"),
    [
        ("exclude", {"reason": " "}, "reason for excluding is missing"),
        ("tag", {}, "tag is missing"),
        ("split", {"split": "holdout"}, "Choose a split"),
        ("random-split", {"train": "70", "validation": "20"}, "add up to 100"),
        ("random-split", {"train": "110", "validation": "-10"}, "add up to 100"),
        ("random-split", {"train": "all"}, "whole numbers"),
        ("scale", {"nm_per_px": "two"}, "must be a number"),
        ("scale", {"nm_per_px": "-2"}, "cannot be true"),
        ("scale", {"nm_per_px": "nan"}, "must be a number"),
        ("shrink", {}, "Choose what to do"),
    ],
)
def test_a_value_that_makes_no_sense_is_refused(
    dataset: Dataset, action: str, value: dict[str, Any], says: str
) -> None:
    with pytest.raises(Refused, match=says):
        edit(dataset, action, value)
    assert not BulkEdit.objects.exists()


def test_an_edit_of_nothing_is_refused(dataset: Dataset) -> None:
    with pytest.raises(Refused, match="No image is selected"):
        edit(dataset, "include", {}, chosen=[])


def test_images_of_another_dataset_are_never_changed(dataset: Dataset) -> None:
    foreign = make_image(name="x.tif")
    done = edit(dataset, "exclude", {"reason": "blurred"}, chosen=[foreign.pk])
    assert done.changed == 0
    foreign.refresh_from_db()
    assert not foreign.is_excluded


@pytest.mark.usefixtures("slices")
def test_what_matches_is_excluded_but_for_exceptions_and_counted(dataset: Dataset) -> None:
    kept = dataset.images.get(name="1.tif")
    make_image(name="x.tif")
    done = edit(
        dataset,
        "exclude",
        {"reason": "has a bar"},
        matching=ImageFilter(problem="bar"),
        exceptions=[kept.pk],
    )
    assert (done.changed, done.seen, done.state) == (2, 2, "done")
    assert names(excluded_reason="has a bar") == "02"
    dataset.refresh_from_db()
    assert dataset.excluded_count == 2
    edit(dataset, "exclude", {"reason": "another"})
    dataset.refresh_from_db()
    assert dataset.excluded_count == 10
    assert edit(dataset, "include", {}).changed == 10
    dataset.refresh_from_db()
    assert dataset.excluded_count == 0


@pytest.mark.usefixtures("slices")
def test_an_edit_that_changes_what_its_filter_finds_meets_every_image(dataset: Dataset) -> None:
    done = edit(dataset, "split", {"split": "train"}, matching=ImageFilter(split="none"))
    assert done.changed == 10
    assert names(split="train") == "0123456789"


def test_images_that_come_in_meanwhile_are_not_touched(
    dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("catalog.services.bulk.SLICE", 3)
    begun = bulk_start(
        dataset=dataset,
        by=dataset.owner,
        action="material",
        value={"material": "gold"},
        matching=ImageFilter(),
    )
    make_image(dataset=dataset, name="later.tif")
    while not (begun := bulk_step(edit=begun)).is_final:
        pass
    assert names(material="gold") == "0123456789"


@pytest.mark.usefixtures("slices")
def test_tags_come_and_go(dataset: Dataset) -> None:
    some = list(dataset.images.filter(name__lt="5").values_list("pk", flat=True))
    assert edit(dataset, "tag", {"tag": "sharp"}, chosen=some[:2]).changed == 2
    assert edit(dataset, "tag", {"tag": "sharp"}, chosen=some).changed == 3
    assert names(tags__name="sharp") == "01234"
    assert edit(dataset, "untag", {"tag": "sharp"}).changed == 5
    assert not Tag.objects.exists()


@pytest.mark.usefixtures("slices")
@pytest.mark.parametrize("field", ["material", "shape", "source", "licence"])
def test_texts_are_set_and_emptied(dataset: Dataset, field: str) -> None:
    assert edit(dataset, field, {field: " gold\n"}).changed == 10
    assert names(**{field: "gold"}) == "0123456789"
    assert edit(dataset, field, {field: ""}).changed == 10


def test_a_pixel_size_is_typed(dataset: Dataset) -> None:
    edit(dataset, "scale", {"nm_per_px": "2,5"})
    assert names(nm_per_px=2.5, scale_source="typed") == "0123456789"


def test_only_proposed_bars_are_confirmed(dataset: Dataset) -> None:
    assert edit(dataset, "confirm-bar", {}).changed == 3
    assert names(data_bar_confirmed=True) == "012"


def test_a_stopped_edit_changes_nothing_more(
    dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("catalog.services.bulk.SLICE", 4)
    begun = bulk_start(
        dataset=dataset,
        by=dataset.owner,
        action="material",
        value={"material": "gold"},
        matching=ImageFilter(),
    )
    bulk_stop(edit=bulk_step(edit=begun))
    assert bulk_step(edit=begun).state == "stopped"
    assert names(material="gold") == "0123"


# ---- split at random ----------------------------------------------------------------------------

SPLIT = {"train": "60", "validation": "20", "test": "20", "seed": "7"}


def splits(dataset: Dataset) -> dict[str, str]:
    return dict(dataset.images.values_list("name", "split"))


@pytest.mark.usefixtures("slices")
def test_a_random_split_meets_its_fractions(dataset: Dataset) -> None:
    edit(dataset, "random-split", SPLIT)
    assert Counter(splits(dataset).values()) == {"train": 6, "validation": 2, "test": 2}


def test_the_same_seed_splits_alike_and_another_does_not(dataset: Dataset) -> None:
    edit(dataset, "random-split", SPLIT)
    first = splits(dataset)
    edit(dataset, "random-split", SPLIT)
    assert splits(dataset) == first
    edit(dataset, "random-split", SPLIT | {"seed": "8"})
    assert splits(dataset) != first


@pytest.mark.usefixtures("slices")
def test_images_that_look_alike_are_split_alike() -> None:
    dataset = make_dataset()
    for number in range(12):
        make_image(dataset=dataset, phash=f"{(number // 2) * 0x0F0F0F0F0F0F0F0F % 2**64:016x}")
    edit(dataset, "random-split", SPLIT)
    assert NearDuplicate.objects.count() >= 6
    for pair in NearDuplicate.objects.all():
        assert pair.first.split == pair.second.split
