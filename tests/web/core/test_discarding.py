"""Files that nothing refers to any more, and rows that go without an object of each."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import ProtectedError
from django.utils import timezone

from catalog.models import Dataset, Image
from catalog.services import dataset_delete, image_delete
from core import discarding
from core.files import bytes_store, file_open, files_store, storage_name
from core.models import StoredFile
from tests.web.factories import make_image, make_version

pytestmark = pytest.mark.django_db


def a_day_later() -> None:
    earlier = timezone.now() - discarding.GRACE - timedelta(minutes=1)
    StoredFile.objects.exclude(discarded_at=None).update(discarded_at=earlier)


def is_there(stored: StoredFile) -> bool:
    return default_storage.exists(storage_name(stored.sha256))


def test_rows_that_something_frozen_refers_to_are_not_deleted() -> None:
    version = make_version()
    with pytest.raises(ProtectedError), transaction.atomic():
        discarding.rows_delete(Dataset.objects.filter(pk=version.dataset_id))
    assert Image.objects.count() == 2
    assert not StoredFile.objects.exclude(discarded_at=None).exists()


def test_a_file_that_another_row_refers_to_stays() -> None:
    image = make_image()
    twin = make_image(file=image.file)
    dataset_delete(dataset=image.dataset, by=image.dataset.owner)
    a_day_later()
    assert discarding.files_sweep() == 0
    assert is_there(twin.file)
    assert not StoredFile.objects.exclude(discarded_at=None).exists()


def test_a_file_that_was_just_let_go_of_stays_for_a_day() -> None:
    image = make_image()
    image_delete(image=image, by=image.dataset.owner)
    assert discarding.files_sweep() == 0
    assert is_there(image.file)
    a_day_later()
    assert discarding.files_sweep() == 1
    assert not is_there(image.file)
    assert not StoredFile.objects.exists()


@pytest.mark.parametrize("many", [False, True])
def test_content_that_comes_again_is_taken_back_from_the_sweep(tmp_path: Path, many: bool) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"again")
    stored = bytes_store(b"again")
    StoredFile.objects.update(discarded_at=timezone.now())
    a_day_later()
    assert (files_store([path])[0] if many else bytes_store(b"again")) == stored
    assert discarding.files_sweep() == 0
    with file_open(stored) as stream:
        assert stream.read() == b"again"


def test_content_that_comes_after_the_sweep_is_stored_anew() -> None:
    stored = bytes_store(b"once")
    StoredFile.objects.update(discarded_at=timezone.now())
    a_day_later()
    assert discarding.files_sweep() == 1
    assert bytes_store(b"once") == stored
    assert is_there(stored)


def test_the_sweep_goes_on_past_the_first_few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(discarding, "_AT_ONCE", 2)
    for number in range(5):
        bytes_store(str(number).encode())
    StoredFile.objects.update(discarded_at=timezone.now())
    a_day_later()
    assert discarding.files_sweep() == 5
