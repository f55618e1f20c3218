import logging
import os
import time
from pathlib import Path

import pytest
from pytest_django import Settings

from core.quickstart import launcher, places, record
from core.quickstart.launcher import Launcher

# A stand-in tells what it was asked, and writes a report as the pipeline does.
TELLS = """
import json, pathlib, sys
def say(**event): print(json.dumps(event), flush=True)
out = pathlib.Path(sys.argv[sys.argv.index("--out") + 1])
out.mkdir(parents=True, exist_ok=True)
with open(__file__ + ".calls", "a") as calls: print(*sys.argv[1:], file=calls)
"""
WORKS = TELLS + (
    """
if sys.argv[1] == "fetch": sys.exit(1)
print("a library prints a line of its own")
say(event="progress", phase="simulate", done=1, total=2, unit="scenes", seconds_left=1.0)
say(event="sample", path="a.png", caption="A scene", step=0)
say(event="log", level="info", message="halfway")
say(event="progress", phase="report", done=1, total=1, unit="", seconds_left=0)
(out / "report.html").write_text("report")
"""
)
FAILS = TELLS + (
    """
say(event="log", level="error", message="The disk is full.")
sys.exit(1)
"""
)


@pytest.fixture(autouse=True)
def no_data(home: Path, monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    monkeypatch.delenv("SEMBLANCE_DATA", raising=False)
    settings.ROOT = home / "checkout"
    settings.ROOT.mkdir(parents=True)


@pytest.fixture
def images(tmp_path: Path) -> Path:
    folder = tmp_path / "set" / "images"
    folder.mkdir(parents=True)
    (folder / "1.tif").touch()
    return folder


def calls(pipeline: Path) -> list[str]:
    return Path(f"{pipeline}.calls").read_text().splitlines()


def test_it_runs_the_pipeline_on_the_images_and_records_what_it_says(
    pipeline: Path, images: Path
) -> None:
    pipeline.write_text(WORKS)
    ended = Launcher().run(images=images, truth=images)
    assert ended.status == "done"
    assert [phase.name for phase in ended.phases] == ["simulate", "report"]
    assert [sample.path for sample in ended.samples] == ["a.png"]
    assert [line.message for line in ended.lines] == ["halfway"]
    assert record.load(places.record_path()) == ended
    out = places.home() / ended.run
    assert calls(pipeline) == [f"quickstart --real {images} --truth {images} --out {out}"]


def test_a_second_start_shows_the_finished_result_and_runs_nothing(
    pipeline: Path, images: Path
) -> None:
    pipeline.write_text(WORKS)
    first = Launcher().run(images=images)
    assert Launcher().run(images=images) == first
    assert len(calls(pipeline)) == 1


def test_other_images_get_a_folder_of_their_own(pipeline: Path, images: Path) -> None:
    pipeline.write_text(WORKS)
    first = Launcher().run(images=images)
    second = Launcher().run(images=images, truth=images)
    assert first.run != second.run
    assert len(calls(pipeline)) == 2


def test_a_result_that_was_deleted_is_made_again(pipeline: Path, images: Path) -> None:
    pipeline.write_text(WORKS)
    first = Launcher().run(images=images)
    (places.home() / first.run / places.REPORT).unlink()
    Launcher().run(images=images)
    assert len(calls(pipeline)) == 2


def test_a_failed_pipeline_is_told_in_its_own_words(pipeline: Path, images: Path) -> None:
    pipeline.write_text(FAILS)
    ended = Launcher().run(images=images)
    assert (ended.status, ended.problem) == ("failed", "The disk is full.")


def test_a_pipeline_that_crashes_is_told_with_its_code(pipeline: Path, images: Path) -> None:
    pipeline.write_text("raise SystemError('no words')")
    ended = Launcher().run(images=images)
    assert (ended.status, ended.problem) == ("failed", "The pipeline ended with code 1.")
    assert "no words" in places.log_path().read_text()


def test_a_pipeline_that_ends_well_without_a_report_has_failed(
    pipeline: Path, images: Path
) -> None:
    pipeline.write_text(TELLS)
    assert Launcher().run(images=images).status == "failed"


def test_it_takes_the_folder_named_by_the_environment(
    pipeline: Path, images: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipeline.write_text(WORKS)
    monkeypatch.setenv("SEMBLANCE_DATA", str(images.parent))
    assert Launcher().run().images == "set"
    assert calls(pipeline)[0].startswith(f"quickstart --real {images} --out")


def test_without_images_it_fetches_some_says_how_to_bring_some_and_goes_on(
    pipeline: Path,
) -> None:
    pipeline.write_text(WORKS)
    ended = Launcher().run()
    assert [call.split()[0] for call in calls(pipeline)] == ["fetch", "quickstart"]
    assert "--real" not in calls(pipeline)[1]
    assert (ended.status, ended.images) == ("done", "")
    assert launcher.BRING_SOME in ended.warnings


def test_a_failed_fetch_is_not_told_as_what_ended_the_quickstart(pipeline: Path) -> None:
    pipeline.write_text(
        TELLS + 'if sys.argv[1] == "fetch":\n'
        '    say(event="log", level="error", message="no network")\n'
        "sys.exit(3)\n"
    )
    ended = Launcher().run()
    assert (ended.status, ended.problem) == ("failed", "The pipeline ended with code 3.")
    assert "no network" in ended.warnings


def test_fetched_images_are_measured(pipeline: Path) -> None:
    pipeline.write_text(
        WORKS.replace(
            "sys.exit(1)",
            "(out / 'images').mkdir(); (out / 'images' / '1.png').touch(); sys.exit(0)",
        )
    )
    assert Launcher().run().images == "emps"
    assert "--real" in calls(pipeline)[1]


def test_a_wrong_name_in_the_environment_is_told(
    pipeline: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipeline.write_text(WORKS)
    monkeypatch.setenv("SEMBLANCE_DATA", "/nowhere")
    assert "SEMBLANCE_DATA is /nowhere, but no images are there." in Launcher().run().warnings


WAITS = TELLS + (
    """
say(event="progress", phase="simulate", done=1, total=2, unit="scenes", seconds_left=1.0)
sys.stdin.read()  # until the launcher lets go of the pipe
(out / "ended").touch()
"""
)


def test_the_stage_ends_with_the_process_that_started_the_launcher(
    pipeline: Path, images: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipeline.write_text(WAITS)
    reader, writer = os.pipe()
    monkeypatch.setattr(launcher, "_pipe_of_parent", lambda: reader)
    os.close(writer)
    started = time.monotonic()
    ended = Launcher().run(images=images)
    os.close(reader)
    assert ended.status == "stopped"
    assert (places.home() / ended.run / "ended").exists()
    assert time.monotonic() - started < 15


def test_what_people_should_know_reaches_the_terminal(
    pipeline: Path, images: Path, caplog: pytest.LogCaptureFixture
) -> None:
    pipeline.write_text(WORKS)
    with caplog.at_level(logging.INFO):
        Launcher().run(images=images)
    assert "quickstart: simulate" in caplog.messages
    assert "quickstart: halfway" in caplog.messages


def test_a_page_opened_before_the_launcher_is_up_waits_for_it() -> None:
    launcher.announce()
    assert not record.load(places.record_path()).is_final
    record.save(record.Record(status="done"), places.record_path())
    launcher.announce()
    assert record.load(places.record_path()).status == "done"
