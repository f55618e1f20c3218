"""The command `semblance` as people and programs use it."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
import time
from pathlib import Path

import cv2
import numpy as np
import pytest

from pipeline import command_line, contracts
from pipeline.errors import SpecRefused

SEMBLANCE = [sys.executable, "-m", "pipeline"]


@pytest.fixture
def labels(tmp_path: Path) -> Path:
    """Return a folder with one label image of one disc."""
    folder = tmp_path / "labels"
    folder.mkdir()
    image = np.zeros((64, 64), np.uint16)
    cv2.circle(image, (32, 32), 12, (1,), -1)
    cv2.imwrite(str(folder / "disc.png"), image)
    return folder


def test_an_impossible_value_is_refused_before_work_starts(tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = subprocess.run(
        [*SEMBLANCE, "simulate", "--particles", "0", "3", "--out", str(out)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (2, "semblance: particles[0]: 0 is below 1\n")
    assert not out.exists()


def test_a_spec_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(SpecRefused, match=r"nowhere\.json: cannot be read"):
        command_line.asked(["run", str(tmp_path / "nowhere.json"), "out"])


def test_a_failed_stage_says_why_in_an_event_and_on_standard_error(tmp_path: Path) -> None:
    done = subprocess.run(
        [*SEMBLANCE, "measure", "--labels", str(tmp_path / "none"), "--out", str(tmp_path / "o")],
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 1
    event = contracts.event_from_json(done.stdout.splitlines()[-1])
    assert isinstance(event, contracts.Log)
    assert event.level == "error"
    assert done.stderr.endswith(f"semblance: {event.message}\n")


@pytest.mark.parametrize("words", command_line._COMMANDS, ids=" ".join)
def test_every_command_explains_itself(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        command_line.asked([*words, "--help"])
    assert ended.value.code == 0
    text = capsys.readouterr().out
    assert "--seed" in text
    assert "--out DIR" in text


def test_the_paper_s_command_line_gives_the_spec() -> None:
    asked = command_line.asked(["simulate", "--seed", "7", "--out", "d", "--no-edges"])
    assert asked == (contracts.SimulateSpec(seed=7, edges=False), Path("d"))


def test_one_command_follows_the_other_by_default() -> None:
    asked = command_line.asked(["translate", "render"])
    assert asked == (contracts.RenderSpec(scenes="out/simulate"), Path("out/render"))


@pytest.mark.parametrize("stage", contracts.SPEC_OF)
def test_the_printed_spec_is_one_that_can_be_run(stage: str) -> None:
    text = command_line.asked(["spec", stage])
    assert isinstance(text, str)
    assert contracts.spec_from_json(text).stage == stage


def test_without_a_terminal_every_line_is_an_event(labels: Path, tmp_path: Path) -> None:
    spec = tmp_path / "spec.json"
    spec.write_text(contracts.spec_to_json(contracts.MeasureSpec(labels=str(labels))))
    done = subprocess.run(
        [*SEMBLANCE, "run", str(spec), str(tmp_path / "out")],
        capture_output=True,
        text=True,
        check=True,
        stdin=subprocess.DEVNULL,
    )
    events = [contracts.event_from_json(line) for line in done.stdout.splitlines()]
    assert isinstance(events[-1], contracts.Finished)
    assert json.loads((tmp_path / "out/result.json").read_text())["stage"] == "measure"


def test_on_a_terminal_people_read_a_display_and_no_json(labels: Path, tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    command = [*SEMBLANCE, "measure", "--labels", str(labels), "--out", str(tmp_path / "out")]
    with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs) as process:
        os.close(theirs)
        shown = b""
        try:
            while chunk := os.read(ours, 4096):
                shown += chunk
        except OSError:  # how Linux tells that the other side has gone
            pass
    os.close(ours)
    assert process.returncode == 0
    assert b"Done in" in shown
    assert b'{"event"' not in shown


# --- ending ----------------------------------------------------------------------------------


def long_stage(tmp_path: Path) -> subprocess.Popen[str]:
    """Start a simulation that takes long and wait until it is at work."""
    spec = tmp_path / "spec.json"
    wanted = contracts.SimulateSpec(scenes=500, particles=(20, 20), width_px=64, height_px=64)
    spec.write_text(contracts.spec_to_json(wanted))
    process = subprocess.Popen(
        [*SEMBLANCE, "run", str(spec), str(tmp_path / "out")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    for line in process.stdout:
        if '"progress"' in line:
            return process
    raise AssertionError("the stage ended before it worked")


def left_over(out: Path) -> list[str]:
    """Return the command lines of processes that still name the output folder."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = path.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if str(out) in line:
            found.append(line)
    return found


@pytest.mark.blender
@pytest.mark.parametrize("way", ["stdin closes", "SIGTERM", "SIGKILL"])
def test_no_process_is_left_five_seconds_after_the_end(way: str, tmp_path: Path) -> None:
    with long_stage(tmp_path) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        started = time.monotonic()
        if way == "stdin closes":
            process.stdin.close()
        elif way == "SIGTERM":
            process.terminate()
        else:
            process.kill()
        rest = process.stdout.read()
        code = process.wait(timeout=10)
    while left_over(tmp_path / "out") and time.monotonic() - started < 5:
        time.sleep(0.05)
    assert left_over(tmp_path / "out") == []
    assert not list((tmp_path / "out").rglob("*.part")) or way == "SIGKILL"
    if way != "SIGKILL":
        assert code == 143
        assert "what it finished is kept" in rest
