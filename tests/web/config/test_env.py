from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.env import env_bool, env_dir, env_int, env_list, env_str


def test_what_is_not_set_or_blank_has_its_default(monkeypatch: pytest.MonkeyPatch) -> None:
    for value in (None, "", "  "):
        if value is None:
            monkeypatch.delenv("X", raising=False)
        else:
            monkeypatch.setenv("X", value)
        assert env_str("X", "a") == "a"
        assert env_bool("X", True) is True
        assert env_int("X", 7, at_least=1, at_most=9) == 7
        assert env_list("X", ["a"]) == ["a"]
        assert env_dir("X", Path("/tmp")) == Path("/tmp").resolve()


@pytest.mark.parametrize(("value", "meant"), [("1", True), ("Yes", True), ("off", False)])
def test_truth_has_several_words(monkeypatch: pytest.MonkeyPatch, value: str, meant: bool) -> None:
    monkeypatch.setenv("X", value)
    assert env_bool("X", not meant) is meant


@pytest.mark.parametrize("value", ["maybe", "2", "tru"])
def test_an_unclear_truth_is_refused_by_name(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("X", value)
    with pytest.raises(ImproperlyConfigured, match="X is"):
        env_bool("X", False)


@pytest.mark.parametrize("value", ["eight", "8.5", "0", "65536"])
def test_a_number_out_of_reach_is_refused_by_name(
    monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("X", value)
    with pytest.raises(ImproperlyConfigured, match="X is"):
        env_int("X", 8000, at_least=1, at_most=65535)


def test_a_list_is_split_at_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("X", "a.example, b.example,")
    assert env_list("X", []) == ["a.example", "b.example"]


def test_a_file_is_no_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("X", str(tmp_path / "file"))
    with pytest.raises(ImproperlyConfigured, match="not a folder"):
        env_dir("X", tmp_path)
