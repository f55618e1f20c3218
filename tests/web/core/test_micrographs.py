from pathlib import Path

from core.quickstart.micrographs import find_in


def image(*parts: str | Path) -> Path:
    path = Path(*parts)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    return path.parent


def test_a_plain_folder_of_images_is_a_data_set(tmp_path: Path) -> None:
    image(tmp_path, "a.TIF")
    found = find_in(tmp_path)
    assert found is not None
    assert (found.images, found.truth) == (tmp_path, None)


def test_of_several_data_sets_the_one_with_published_scores_comes_first(tmp_path: Path) -> None:
    for name in ("aaa", "emps", "tio2"):
        image(tmp_path, name, "images", "1.png")
    truth = image(tmp_path, "tio2", "masks", "1.png")
    found = find_in(tmp_path)
    assert found is not None
    assert (found.name, found.truth) == ("tio2", truth)


def test_any_folder_with_images_will_do(tmp_path: Path) -> None:
    folder = image(tmp_path, "mine", "images", "1.jpg")
    found = find_in(tmp_path)
    assert found is not None
    assert found.images == folder


def test_folders_without_images_are_none(tmp_path: Path) -> None:
    image(tmp_path, "mine", "images", "readme.txt")
    assert find_in(tmp_path) is None
    assert find_in(tmp_path / "missing") is None
