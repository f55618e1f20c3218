"""Blender is imported by one file: everything else is tested, and fails, without it."""

from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.guards.imports import importers

BLENDER = {"bpy", "bmesh", "bpy_extras", "freestyle", "mathutils"}
THE_ONE = "pipeline/simulate/blender.py"


def importers_of_blender(root: Path) -> list[str]:
    return [
        f"{top}/{name}"
        for top in ("pipeline", "platform", "tests", "benchmarks")
        for name in importers(root / top, of=BLENDER)
    ]


def test_only_the_blender_file_imports_blender() -> None:
    assert importers_of_blender(ROOT) == [THE_ONE]


@pytest.mark.parametrize(
    "line",
    [
        "import bpy",
        "from mathutils import Vector",
        "def late():\n    import bpy.ops",
        "import importlib\nimportlib.import_module('bpy')",
        "if TYPE_CHECKING:\n    import bmesh",
    ],
)
def test_the_guard_notices_a_second_file(tmp_path: Path, line: str) -> None:
    for name, text in ((THE_ONE, "import bpy"), ("pipeline/translate/stage.py", line)):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text(text + "\n")
    assert importers_of_blender(tmp_path) == [THE_ONE, "pipeline/translate/stage.py"]
