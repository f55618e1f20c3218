"""Children end with their parent, whatever they are doing."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.conftest import ROOT

# Does what loading Blender does: native code that keeps Python's lock. It says its number when it
# has the lock for good: native, and no thread may ask for the lock between the two calls.
BUSY = """
import ctypes, os, sys
from pipeline.guardian import die_with_parent, guarded
libc = ctypes.PyDLL(None)
number = f"{os.getpid()}\\n".encode()
sys.setswitchinterval(1000)
if "with_parent" in sys.argv:
    die_with_parent()
with guarded():
    libc.write(1, number, len(number))
    libc.sleep(30)
"""
PARENT = """
import subprocess, sys
child = subprocess.Popen([sys.executable, *sys.argv[1:]], stdin=subprocess.PIPE)
child.wait()
"""


def is_there(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel of another system does not do it")
def test_a_child_that_holds_python_s_lock_is_gone_with_its_parent() -> None:
    for way, stays in (("with_parent", False), ("by_standard_input_only", True)):
        with subprocess.Popen(
            [sys.executable, "-c", PARENT, "-c", BUSY, way],
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        ) as parent:
            assert parent.stdout is not None
            child = int(parent.stdout.readline())
            parent.kill()
            until = time.monotonic() + 5
            while is_there(child) and time.monotonic() < until:
                time.sleep(0.02)
            assert is_there(child) == stays, way
            if stays:  # so the first way is not gone because of anything else
                subprocess.run(["kill", "-9", str(child)], check=True)
