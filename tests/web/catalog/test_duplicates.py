import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.errors import Refused
from catalog.hashes import MOST_BITS, FewHashes, HashIndex, distance
from catalog.leaks import leaking_images, near_duplicates_of
from catalog.models import Image, NearDuplicate
from catalog.services import near_duplicate_decide
from tests.web.factories import make_dataset, make_image, make_version

HASH = "c3a5b17e0f9d2846"


def flipped(phash: str, *bits: int) -> str:
    number = int(phash, 16)
    for bit in bits:
        number ^= 1 << bit
    return f"{number:016x}"


@given(st.integers(0, 2**64 - 1), st.sets(st.integers(0, 63), max_size=12))
def test_the_index_finds_exactly_what_is_near(number: int, bits: set[int]) -> None:
    phash = f"{number:016x}"
    near = HashIndex([(1, flipped(phash, *bits))]).near(phash)
    assert near == ([(len(bits), 1)] if len(bits) <= MOST_BITS else [])


def test_the_index_agrees_with_comparing_all_pairs() -> None:
    rng = random.Random(3)
    hashes = [f"{rng.getrandbits(64):016x}" for _ in range(30)]
    hashes += [flipped(h, *rng.sample(range(64), rng.randint(1, 10))) for h in hashes]
    index = HashIndex(enumerate(hashes))
    for phash in hashes:
        apart = sorted((distance(phash, other), k) for k, other in enumerate(hashes))
        assert index.near(phash) == [each for each in apart if each[0] <= MOST_BITS]


@pytest.mark.parametrize("most_bits", [0, 4, MOST_BITS])
def test_few_hashes_find_what_comparing_all_pairs_finds(most_bits: int) -> None:
    rng = random.Random(4)
    few = [f"{rng.getrandbits(64):016x}" for _ in range(30)]
    index = FewHashes(enumerate(few))
    for phash in few + [flipped(h, *rng.sample(range(64), rng.randint(1, 10))) for h in few * 3]:
        near = {k for k, other in enumerate(few) if distance(phash, other) <= most_bits}
        assert index.near(phash, most_bits=most_bits) == near
    with pytest.raises(ValueError, match="0 to 7 bits"):
        index.near(few[0], most_bits=MOST_BITS + 1)


@pytest.mark.parametrize("phash", ["12", "g" * 16, "1" * 17])
@pytest.mark.django_db
def test_a_hash_that_is_none_is_refused(phash: str) -> None:
    with pytest.raises(Refused, match="16 hexadecimal"):
        make_image(phash=phash)


@pytest.mark.django_db
def test_images_that_look_alike_are_paired_as_they_come_in() -> None:
    first = make_image(phash=HASH)
    make_image(dataset=first.dataset, phash=flipped(HASH, *range(8)))
    make_image(phash=HASH)  # in another dataset
    make_image(dataset=first.dataset)  # without a hash
    alike = make_image(dataset=first.dataset, phash=flipped(HASH, 1, 20, 40))
    pairs = NearDuplicate.objects.filter(first=first)
    assert [(pair.second, pair.distance) for pair in pairs] == [(alike, 3)]


@pytest.mark.django_db
def test_a_hundred_blank_images_do_not_make_thousands_of_pairs() -> None:
    dataset = make_dataset()
    for _ in range(20):
        make_image(dataset=dataset, phash="8000000000000000")
    assert NearDuplicate.objects.count() <= 5 * 20


@pytest.mark.django_db
def test_a_decision_is_remembered_and_excludes_with_a_reason() -> None:
    first = make_image(phash=HASH, name="a.tif")
    second = make_image(dataset=first.dataset, phash=HASH, name="b.tif")
    pair = NearDuplicate.objects.get()
    near_duplicate_decide(pair=pair, decision="second", by=first.dataset.owner)
    second.refresh_from_db()
    assert second.excluded_reason == "Near-duplicate of a.tif"
    pair.refresh_from_db()
    assert (pair.decision, pair.decided_by) == ("second", first.dataset.owner)
    with pytest.raises(Refused):
        near_duplicate_decide(pair=pair, decision="both", by=first.dataset.owner)


@pytest.mark.django_db
def test_training_images_and_their_lookalikes_are_found_in_a_validation() -> None:
    trained = make_version(images=1)
    looks = make_image(phash=HASH, name="trained.tif")
    same = trained.dataset.images.get()
    validation = make_dataset()
    copy = make_image(dataset=validation, file=same.file, name="copy.tif")
    crop = make_image(dataset=validation, phash=flipped(HASH, 5), name="crop.tif")
    make_image(dataset=validation, phash=flipped(HASH, *range(20)))
    training = Image.objects.filter(pk__in=[same.pk, looks.pk])
    leaks = leaking_images(training=training, validation=validation.images.all())
    assert [(leak.image, leak.distance) for leak in leaks] == [(copy, None), (crop, 1)]
    assert [leak.sentence for leak in leaks] == [
        f"copy.tif is the same file as {same.name}.",
        "crop.tif looks the same as trained.tif.",
    ]


@pytest.mark.django_db
def test_a_fair_validation_has_no_leaks() -> None:
    training = make_image(phash=HASH).dataset
    validation = make_image(phash=flipped(HASH, *range(30))).dataset
    assert not leaking_images(training=training.images.all(), validation=validation.images.all())


@pytest.mark.django_db
def test_an_image_is_no_near_duplicate_of_itself() -> None:
    image = make_image(phash=HASH)
    alone = Image.objects.filter(pk=image.pk)
    assert near_duplicates_of(images=alone, among=Image.objects.all()) == []
    twin = make_image(phash=HASH)
    (found,) = near_duplicates_of(images=alone, among=Image.objects.all())
    assert (found.image, found.other, found.distance) == (image, twin, 0)
