"""Two processes that claim the same runs at the same time: each run has one winner."""

import json
import subprocess
import sys

import pytest

from tests.web.runs.lab import Lab

RUNS = 60
CLAIM = f"""
import json, sys, django
django.setup()
from runs.lease import claim
sys.stdin.readline()
print(json.dumps([pk for pk in range(1, {RUNS} + 1) if claim(pk, sys.argv[1])]))
"""


@pytest.mark.slow
def test_each_run_is_claimed_once(lab: Lab) -> None:
    assert lab.ask(f"[start() for _ in range({RUNS})]") == list(range(1, RUNS + 1))
    both = [
        lab.spawn(sys.executable, "-c", CLAIM, name, stdout=subprocess.PIPE, text=True)
        for name in ("one", "two")
    ]
    for process in both:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    won = [json.loads(process.communicate(timeout=60)[0]) for process in both]
    assert sorted(won[0] + won[1]) == list(range(1, RUNS + 1))
