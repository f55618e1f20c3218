"""Children end with their parent, whatever they are doing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.conftest import ROOT

# Does what loading Blender does: native code that keeps Python's lock. It says its number when it
# has the lock for good: by native code, and no thread may ask for the lock between the two calls.
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
# Asks only when its parent has gone already; then keeps the lock as well.
LATE = """
import os, sys, time
from pipeline.guardian import die_with_parent
parent = os.getppid()
print(os.getpid(), flush=True)
while os.getppid() == parent:
    time.sleep(0.01)
die_with_parent()
time.sleep(30)
"""
PARENT = """
import subprocess, sys
child = subprocess.Popen([sys.executable, *sys.argv[1:]], stdin=subprocess.PIPE)
child.wait()
"""


def gone_within_5_s(pid: int) -> bool:
    until = time.monotonic() + 5
    while is_there(pid) and time.monotonic() < until:
        time.sleep(0.02)
    return not is_there(pid)


def is_there(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


@contextmanager
def parent_of(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """Start a parent and its child; give the parent and the child's number."""
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, "-c", *arguments],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    ) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        try:
            yield parent, child
        finally:
            if is_there(child):
                os.kill(child, signal.SIGKILL)


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel of another system does not do it")
def test_a_child_that_holds_python_s_lock_is_gone_with_its_parent() -> None:
    for way, goes in (("with_parent", True), ("by_standard_input_only", False)):
        with parent_of(BUSY, way) as (parent, child):
            parent.kill()
            assert gone_within_5_s(child) == goes, way


def test_a_child_whose_parent_went_before_it_asked_is_gone() -> None:
    with parent_of(LATE) as (parent, child):
        parent.kill()
        assert gone_within_5_s(child)
