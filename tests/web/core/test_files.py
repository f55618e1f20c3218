"""Files by their hash."""

from pathlib import Path

import pytest
from pytest_django import DjangoAssertNumQueries

from core.files import bytes_store, file_open, files_store
from core.models import StoredFile


@pytest.mark.django_db
def test_many_files_are_kept_in_their_order_with_two_queries(
    tmp_path: Path, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    known = bytes_store(b"1", name="1.png")
    paths: list[Path] = []
    for number in (0, 1, 2, 1):
        path = tmp_path / f"{len(paths)}.txt"
        path.write_text(str(number))
        paths.append(path)
    with django_assert_num_queries(2):
        found = files_store(paths)
    assert [row.size_bytes for row in found] == [1, 1, 1, 1]
    assert found[1] == found[3] == known
    assert StoredFile.objects.count() == 3
    for row, content in zip(found, (b"0", b"1", b"2", b"1"), strict=True):
        with file_open(row) as stream:
            assert stream.read() == content
