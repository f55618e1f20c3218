import time
from pathlib import Path

import pytest

from core.quickstart import record
from core.quickstart.record import Record


def progress(phase: str, done: int, total: int = 10) -> dict[str, object]:
    return {"event": "progress", "phase": phase, "done": done, "total": total, "unit": "scenes"}


def test_a_record_is_read_as_it_was_written(tmp_path: Path) -> None:
    written = Record(status="running", run="a-1")
    written.take(progress("simulate", 3))
    written.take({"event": "sample", "path": "a.png", "caption": "A", "step": 1})
    written.take({"event": "log", "level": "warning", "message": "careful"})
    record.save(written, tmp_path / "record.json")
    assert record.load(tmp_path / "record.json") == written
    assert [entry.name for entry in tmp_path.iterdir()] == ["record.json"]


def test_no_record_is_a_state_too(tmp_path: Path) -> None:
    assert record.load(tmp_path / "record.json").status == "none"


@pytest.mark.parametrize("text", ["", "{", "[]", '{"status": "done", "colour": "red"}'])
def test_a_record_of_another_version_is_left_out(tmp_path: Path, text: str) -> None:
    (tmp_path / "record.json").write_text(text)
    assert record.load(tmp_path / "record.json").status == "none"


def test_a_phase_ends_when_the_next_begins() -> None:
    now = Record()
    now.take(progress("simulate", 10))
    now.take(progress("train", 1))
    assert [(p.name, p.ended_at is not None) for p in now.phases] == [
        ("simulate", True),
        ("train", False),
    ]


def test_a_phase_that_comes_again_is_listed_once() -> None:
    now = Record()
    for name in ("simulate", "train", "simulate"):
        now.take(progress(name, 1))
    assert [p.name for p in now.phases] == ["train", "simulate"]


@pytest.mark.parametrize(("done", "total", "percent"), [(0, 0, 0), (1, 3, 33), (3, 3, 100)])
def test_percent(done: int, total: int, percent: int) -> None:
    now = Record()
    now.take(progress("simulate", done, total))
    assert now.phase is not None
    assert now.phase.percent == percent


def test_the_newest_samples_are_kept() -> None:
    now = Record()
    for number in range(record.KEPT_SAMPLES + 3):
        now.take({"event": "sample", "path": f"{number}.png", "caption": "", "step": 0})
    assert len(now.samples) == record.KEPT_SAMPLES
    assert now.samples[-1].path == f"{record.KEPT_SAMPLES + 2}.png"


@pytest.mark.parametrize(
    "event",
    [
        {"event": "surprise"},
        {"event": "progress", "phase": 3},
        {"event": "metric", "name": "loss", "value": 0.5, "step": 1},
        {"event": "result", "path": "result.json", "seconds": 3.0},
    ],
)
def test_an_event_that_the_page_does_not_show_changes_nothing(event: dict[str, object]) -> None:
    now = Record()
    now.take(event)
    assert now == Record()


def test_a_run_whose_launcher_was_killed_is_not_running(tmp_path: Path) -> None:
    record.save(Record(status="running"), tmp_path / "record.json")
    assert record.load(tmp_path / "record.json").status == "running"
    text = (tmp_path / "record.json").read_text()
    long_ago = time.time() - record.LOST_AFTER_S - 5
    old = text.replace(str(record.load(tmp_path / "record.json").updated_at), str(long_ago))
    assert old != text
    (tmp_path / "record.json").write_text(old)
    lost = record.load(tmp_path / "record.json")
    assert (lost.status, lost.is_final, lost.ended_at) == ("stopped", True, long_ago)
