import pytest

from accounts.models import Role
from catalog.errors import DuplicateImage, InUse, NameTaken, Refused
from catalog.models import Dataset, Image
from catalog.services import dataset_create, dataset_delete, dataset_edit, image_add, image_delete
from core.models import AuditEntry
from tests.web.factories import make_dataset, make_file, make_image, make_user, make_version

pytestmark = pytest.mark.django_db


def test_a_dataset_without_a_name_is_refused() -> None:
    with pytest.raises(Refused, match="name is missing"):
        dataset_create(owner=make_user(), name=" \t ")
    assert not Dataset.objects.exists()


def test_the_same_name_twice_is_refused_to_one_owner_only() -> None:
    first = make_dataset(name="Gold")
    with pytest.raises(NameTaken, match="Gold"):
        dataset_create(owner=first.owner, name="Gold")
    assert make_dataset(name="Gold").name == "Gold"


def test_names_are_one_line_without_control_characters() -> None:
    assert make_dataset(name=" a\x00b\n\tc\x1b ").name == "ab c"


def test_a_new_dataset_is_private_and_noted() -> None:
    dataset = make_dataset()
    assert dataset.visibility == "private"
    assert AuditEntry.objects.get().action == "dataset.created"


def test_sharing_ends_when_a_dataset_turns_private() -> None:
    dataset, guest = make_dataset(), make_user(Role.ANALYST)
    details = {"name": "x", "description": "", "source": "", "licence": ""}
    dataset_edit(
        dataset=dataset, by=dataset.owner, visibility="shared", shared_with=[guest], **details
    )
    assert list(Dataset.objects.visible_to(guest)) == [dataset]
    dataset_edit(
        dataset=dataset, by=dataset.owner, visibility="private", shared_with=[guest], **details
    )
    assert not Dataset.objects.visible_to(guest)


def test_the_same_bytes_twice_are_refused_and_named() -> None:
    image = make_image(name="first.tif")
    with pytest.raises(DuplicateImage, match=r"already, as first\.tif") as refused:
        make_image(dataset=image.dataset, file=image.file)
    assert refused.value.existing == image
    image.dataset.refresh_from_db()
    assert image.dataset.image_count == 1


def test_another_dataset_takes_the_same_bytes() -> None:
    assert make_image(file=make_image().file).pk


def test_an_image_counts_in_its_dataset() -> None:
    dataset = make_dataset()
    images = [make_image(dataset=dataset), make_image(dataset=dataset, excluded_reason="blurred")]
    dataset.refresh_from_db()
    assert (dataset.image_count, dataset.excluded_count, dataset.used_count) == (2, 1, 1)
    image_delete(image=images[1], by=dataset.owner)
    dataset.refresh_from_db()
    assert (dataset.image_count, dataset.excluded_count) == (1, 0)


@pytest.mark.parametrize("nm", [0, -1, float("nan"), float("inf"), 1e9])
def test_a_pixel_size_that_cannot_be_is_refused(nm: float) -> None:
    with pytest.raises(Refused, match="cannot be true"):
        make_image(nm_per_px=nm, scale_source="typed")
    assert not Image.objects.exists()


def test_a_proposed_data_bar_outside_the_image_is_none() -> None:
    assert make_image(data_bar_row=12).data_bar_row is None
    assert make_image(data_bar_row=11).data_bar_row == 11


def test_a_split_that_is_none_is_refused() -> None:
    file, dataset = make_file(), make_dataset()
    with pytest.raises(Refused, match="no split named holdout"):
        image_add(
            dataset=dataset,
            name="a",
            file=file,
            view=file,
            thumbnail=file,
            width_px=16,
            height_px=12,
            added_by=None,
            split="holdout",
        )


def test_an_image_of_a_version_is_not_deleted() -> None:
    version = make_version()
    image = version.dataset.images.first()
    assert image is not None
    with pytest.raises(InUse, match="belongs to a frozen version"):
        image_delete(image=image, by=version.dataset.owner)


def test_a_dataset_with_a_version_is_not_deleted() -> None:
    version = make_version()
    with pytest.raises(InUse, match="has frozen versions"):
        dataset_delete(dataset=version.dataset, by=version.dataset.owner)
    assert Image.objects.count() == 2


def test_a_dataset_is_deleted_with_its_images() -> None:
    image = make_image()
    dataset_delete(dataset=image.dataset, by=image.dataset.owner)
    assert not Image.objects.exists()
    assert not Dataset.objects.exists()
