"""Skips are refused where a machine came to run the tests (SEMBLANCE_REQUIRE)."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

TESTS = """
import pytest

@pytest.mark.browser
def test_skips():
    pytest.skip("no browser here")

@pytest.mark.xfail(reason="known")
@pytest.mark.browser
def test_fails_as_expected():
    assert False

def test_skips_something_else():
    pytest.skip("no luck")
"""


def outcome(folder: Path, tests: str, required: str) -> tuple[int, str]:
    package = folder / "tests"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "conftest.py").write_text((ROOT / "tests" / "conftest.py").read_text())
    (package / "test_planted.py").write_text(tests)
    (folder / "pytest.ini").write_text("[pytest]\nmarkers =\n  browser: x\n  blender: x\n")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q"],
        cwd=folder,
        # Without the plug-ins it starts in a tenth of the time, and none of them has a say here.
        env={
            **os.environ,
            "SEMBLANCE_REQUIRE": required,
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
            "PYTEST_ADDOPTS": "",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_a_skip_is_a_skip_where_nothing_is_required(tmp_path: Path) -> None:
    code, said = outcome(tmp_path, TESTS, "")
    assert code == 0
    assert "2 skipped, 1 xfailed" in said


def test_a_skip_of_what_is_required_fails(tmp_path: Path) -> None:
    code, said = outcome(tmp_path, TESTS, "browser,blender")
    assert code == 1
    assert "1 failed, 1 skipped, 1 xfailed" in said
    assert "no browser here" in said


def test_a_whole_file_may_not_be_skipped_either(tmp_path: Path) -> None:
    code, said = outcome(
        tmp_path, "import pytest\npytest.skip('no', allow_module_level=True)", "browser"
    )
    assert code != 0
    assert "a whole file is skipped" in said


@pytest.mark.parametrize("required", ["brwser", "browser,nothing"])
def test_an_unknown_requirement_is_refused(tmp_path: Path, required: str) -> None:
    code, said = outcome(tmp_path, TESTS, required)
    assert code != 0
    assert "SEMBLANCE_REQUIRE: no markers" in said
