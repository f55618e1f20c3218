import random

import pytest
from django.db import connection

from catalog.facets import materials, shapes
from catalog.filters import ImageFilter
from catalog.gallery import gallery_page, neighbours
from catalog.models import Dataset, Image
from tests.web.factories import make_dataset, make_file, make_image

pytestmark = pytest.mark.django_db


@pytest.fixture
def dataset() -> Dataset:
    """23 images whose names come in no order, and some twice."""
    dataset = make_dataset()
    names = [f"{number % 11:02d}.tif" for number in range(23)]
    random.Random(1).shuffle(names)
    for name in names:
        make_image(dataset=dataset, name=name)
    make_image(name="foreign.tif")
    return dataset


def walk(dataset: Dataset, *, sort: str, backwards: bool = False) -> list[int]:
    """Keys of all pages, one page after the other."""
    images = dataset.images.all()
    keys: list[int] = []
    page = gallery_page(images=images, sort=sort, size=5)
    if backwards:
        while page.after:
            page = gallery_page(images=images, sort=sort, size=5, after=page.after)
    for _ in range(10):
        here = [image.pk for image in page.images]
        keys = here + keys if backwards else keys + here
        there = page.before if backwards else page.after
        if there is None:
            return keys
        step = {"before" if backwards else "after": there}
        page = gallery_page(images=images, sort=sort, size=5, **step)
    raise AssertionError("the pages never end")


@pytest.mark.parametrize(("sort", "order"), [("newest", ["-pk"]), ("name", ["name", "pk"])])
@pytest.mark.parametrize("backwards", [False, True])
def test_pages_show_each_image_once_in_order(
    dataset: Dataset, sort: str, order: list[str], backwards: bool
) -> None:
    wanted = list(dataset.images.order_by(*order).values_list("pk", flat=True))
    assert walk(dataset, sort=sort, backwards=backwards) == wanted


@pytest.mark.parametrize("sort", ["newest", "name"])
def test_the_first_page_has_none_before_and_the_last_none_after(
    dataset: Dataset, sort: str
) -> None:
    images = dataset.images.all()
    first = gallery_page(images=images, sort=sort, size=20)
    assert (first.before, len(first.images)) == (None, 20)
    last = gallery_page(images=images, sort=sort, size=20, after=first.after)
    assert (last.after, len(last.images)) == (None, 3)
    again = gallery_page(images=images, sort=sort, size=20, before=last.before)
    assert [image.pk for image in again.images] == [image.pk for image in first.images]
    assert again.before is None


def test_a_page_after_an_image_that_is_gone_is_the_first() -> None:
    image = make_image()
    page = gallery_page(images=image.dataset.images.all(), sort="name", after=image.pk + 1000)
    assert page.images == [image]


def test_neighbours_lie_on_both_sides(dataset: Dataset) -> None:
    images = dataset.images.all()
    keys = list(images.order_by("name", "pk").values_list("pk", flat=True))
    middle = keys[7]
    after = neighbours(images=images, sort="name", of=middle, count=2)
    before = neighbours(images=images, sort="name", of=middle, count=2, backwards=True)
    assert (after, before) == (keys[8:10], [keys[6], keys[5]])


# ---- filter -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, "abcd"),
        ({"name": "A."}, "a"),
        ({"name": "%"}, ""),
        ({"tag": "good"}, "ab"),
        ({"tag": "nowhere"}, ""),
        ({"split": "train"}, "a"),
        ({"split": "none"}, "bcd"),
        ({"use": "used"}, "abc"),
        ({"use": "excluded"}, "d"),
        ({"problem": "scale"}, "bcd"),
        ({"problem": "bar"}, "b"),
        ({"problem": "truth"}, "bcd"),
        ({"material": "gold"}, "ac"),
        ({"shape": "rod", "material": "gold"}, "c"),
        ({"tag": "good", "use": "excluded"}, ""),
        ({"split": "no such", "unknown": "1"}, "abcd"),
    ],
)
def test_a_filter_finds_what_it_says(query: dict[str, str], found: str) -> None:
    dataset = make_dataset()
    make_image(
        dataset=dataset,
        name="a.tif",
        split="train",
        nm_per_px=2.0,
        truth=make_file(bits=16),
        material="gold",
        tags=["good"],
    )
    make_image(dataset=dataset, name="b.tif", data_bar_row=10, tags=["good", "x"])
    make_image(dataset=dataset, name="c.tif", material="gold", shape="rod")
    make_image(dataset=dataset, name="d.tif", excluded_reason="blurred")
    make_image(tags=["good"])
    images = ImageFilter.from_query(query).images(dataset)
    assert "".join(sorted(image.name[0] for image in images)) == found


def test_a_filter_survives_its_address() -> None:
    asked = ImageFilter(name="a&b=c", tag="größe", use="used")
    from django.http import QueryDict

    assert ImageFilter.from_query(QueryDict(asked.query)) == asked
    assert ImageFilter.from_query(asked.as_dict()) == asked


def test_facets_are_the_values_there_are() -> None:
    dataset = make_dataset()
    for material, shape in [("gold", ""), ("gold", "rod"), ("titania", "cube")]:
        make_image(dataset=dataset, material=material, shape=shape)
    make_image(material="silver")
    assert materials(dataset=dataset) == ["gold", "titania"]
    assert shapes(dataset=dataset) == ["cube", "rod"]
    assert materials(dataset=make_dataset()) == []


@pytest.mark.skipif(connection.vendor != "sqlite", reason="reads SQLite's plans")
@pytest.mark.parametrize(
    ("query", "sort", "index"),
    [
        ({}, "newest", "dataset_id"),
        ({}, "name", "COVERING INDEX"),
        ({"use": "excluded"}, "newest", "image_excluded"),
        ({"problem": "scale"}, "newest", "image_without_scale"),
        ({"problem": "bar"}, "newest", "image_bar_unconfirmed"),
        ({"problem": "truth"}, "newest", "image_without_truth"),
        ({"split": "train"}, "newest", "dataset_id"),
        ({"material": "gold"}, "newest", "dataset_id"),
    ],
)
def test_a_page_is_read_along_an_index_and_nothing_is_sorted(
    query: dict[str, str], sort: str, index: str
) -> None:
    image = make_image()
    found = ImageFilter.from_query(query).images(image.dataset)
    order = ("name", "pk") if sort == "name" else ("-pk",)
    plan = found.order_by(*order).values_list("pk", flat=True)[:51].explain()
    assert index in plan
    assert "TEMP B-TREE" not in plan
    assert "SCAN" not in plan
    assert isinstance(image, Image)
