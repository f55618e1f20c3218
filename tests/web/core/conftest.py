import sys
from pathlib import Path

import pytest
from pytest_django import Settings

from core.quickstart import places, record, stage
from core.quickstart.record import Record


@pytest.fixture
def home(tmp_path: Path, settings: Settings) -> Path:
    """A SEMBLANCE_HOME of the test's own."""
    settings.SEMBLANCE_HOME = tmp_path / "home"
    return tmp_path / "home"


@pytest.fixture
def run(home: Path) -> Path:
    """The folder of a run that has ended, with the files that a run has."""
    folder = home / "quickstart" / "tio2-0123abcd"
    folder.mkdir(parents=True)
    folder.joinpath("report.html").write_text("<h1>Report</h1>")
    folder.joinpath("report.css").write_text("h1 { color: inherit }")
    folder.joinpath("weights.safetensors").write_bytes(b"weights")
    return folder


@pytest.fixture
def done(run: Path) -> Record:
    ended = Record(status="running", run=run.name, images="tio2")
    ended.take({"event": "progress", "phase": "simulate", "done": 4, "total": 4, "unit": "scenes"})
    ended.end("done")
    record.save(ended, places.record_path())
    return ended


@pytest.fixture
def pipeline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stands in for `python -m pipeline`: a script that the test writes."""
    script = tmp_path / "pipeline_stand_in.py"
    monkeypatch.setattr(stage, "COMMAND", (sys.executable, str(script)))
    return script
