import hashlib
import json
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from catalog.errors import FrozenForGood, NothingToFreeze
from catalog.manifests import FACTS, line
from catalog.models import Version, VersionItem
from catalog.selectors import images_of_version, version_manifest
from catalog.services import image_describe, image_exclude, image_scale_set, version_freeze
from tests.web.factories import make_dataset, make_image, make_version

pytestmark = pytest.mark.django_db


def test_a_dataset_without_images_in_use_is_not_frozen() -> None:
    dataset = make_image(excluded_reason="blurred").dataset
    with pytest.raises(NothingToFreeze):
        version_freeze(dataset=dataset, by=dataset.owner)
    assert not Version.objects.exists()


def test_excluded_images_are_left_out() -> None:
    kept = make_image()
    make_image(dataset=kept.dataset, excluded_reason="blurred")
    version = version_freeze(dataset=kept.dataset, by=None)
    assert [item.image for item in version.items.all()] == [kept]
    assert version.image_count == 1


def test_a_version_never_changes() -> None:
    version = make_version()
    item = version.items.get(pk=VersionItem.objects.values_list("pk", flat=True)[0])
    version.note = "changed"
    attempts = (
        version.save,
        version.delete,
        item.save,
        item.delete,
        Version.objects.all().delete,
        VersionItem.objects.all().delete,
        version.items.all().delete,
        lambda: Version.objects.update(note="changed"),
        lambda: version.items.update(split="test"),
    )
    for attempt in attempts:
        with pytest.raises(FrozenForGood):
            attempt()
    assert Version.objects.get().note == ""


def test_later_changes_of_an_image_do_not_reach_a_version() -> None:
    image = make_image(split="train", material="gold")
    version = version_freeze(dataset=image.dataset, by=None)
    image_scale_set(image=image, nm_per_px=2.5, scale_source="typed")
    image_describe(image=image, split="test", notes="", material="silver")
    image_exclude(image=image, reason="blurred")
    item = version.items.get()
    assert (item.split, item.nm_per_px, item.material) == ("train", None, "gold")


def test_the_hash_is_that_of_the_manifest() -> None:
    version = make_version(images=3)
    content = b"".join(version_manifest(version=version))
    assert hashlib.sha256(content).hexdigest() == version.manifest_sha256
    entries = json.loads(content)
    assert [each["sha256"] for each in entries] == sorted(each["sha256"] for each in entries)
    assert set(entries[0]) == {
        "sha256",
        "truth_sha256",
        "name",
        "split",
        "nm_per_px",
        "data_bar_row",
        "material",
        "shape",
        "source",
        "licence",
    }


@given(
    st.tuples(
        st.text(st.characters(codec="utf-8")),
        st.sampled_from(["", "train"]),
        st.none() | st.floats(min_value=1e-9, max_value=1e25),
        st.none() | st.integers(0, 2**31),
        *[st.text(st.characters(codec="utf-8"))] * 4,
    )
)
def test_a_line_is_what_the_canonical_writer_makes_of_it(facts: tuple[Any, ...]) -> None:
    row = ("ab" * 32, None, *facts)
    entry = {"sha256": "ab" * 32, "truth_sha256": None} | dict(zip(FACTS, facts, strict=True))
    assert line(row) == rfc8785.dumps(entry)


def test_the_same_images_have_the_same_hash_anywhere_and_in_any_order() -> None:
    first = make_version(images=3)
    copy = make_dataset()
    for image in first.dataset.images.order_by("-pk"):
        make_image(dataset=copy, name=image.name, file=image.file)
    assert version_freeze(dataset=copy, by=None).manifest_sha256 == first.manifest_sha256


def test_the_hash_does_not_depend_on_how_it_was_cut_into_slices(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    version = make_version(images=5)
    monkeypatch.setattr("catalog.services.versions.SLICE", 2)
    again = version_freeze(dataset=version.dataset, by=None)
    assert (again.manifest_sha256, again.number) == (version.manifest_sha256, 2)
    assert again.changes["added"] == again.changes["removed"] == again.changes["changed"] == 0


def test_a_version_says_what_is_new_gone_and_different() -> None:
    dataset = make_dataset()
    stays, changes, goes = (make_image(dataset=dataset) for _ in range(3))
    version_freeze(dataset=dataset, by=None)
    image_scale_set(image=changes, nm_per_px=2.5, scale_source="typed")
    image_exclude(image=goes, reason="blurred")
    new = make_image(dataset=dataset)
    version = version_freeze(dataset=dataset, by=None, note="with sizes")
    named = {kind: [e["name"] for e in rows] for kind, rows in version.changes["examples"].items()}
    assert named == {"added": [new.name], "changed": [changes.name], "removed": [goes.name]}
    assert stays.name not in str(named)


def test_counts_are_kept_in_the_row() -> None:
    dataset = make_dataset(licence="CC BY 4.0")
    make_image(dataset=dataset, split="train", material="gold", nm_per_px=2.0, licence="CC0")
    make_image(dataset=dataset, split="test", material="gold")
    version = version_freeze(dataset=dataset, by=None)
    assert version.counts == {
        "split": {"train": 1, "test": 1},
        "material": {"gold": 2},
        "shape": {"": 2},
        "licence": {"CC BY 4.0": 1, "CC0": 1},
        "scaled": 1,
        "truth": 0,
        "data_bar": 0,
    }


def test_images_of_a_split_are_those_of_the_time_of_freezing() -> None:
    dataset = make_dataset()
    train = make_image(dataset=dataset, split="train")
    make_image(dataset=dataset, split="test")
    version = version_freeze(dataset=dataset, by=None)
    image_describe(image=train, split="validation", notes="")
    assert list(images_of_version(version=version, split="train")) == [train]
    assert images_of_version(version=version).count() == 2
