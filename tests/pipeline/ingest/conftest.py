from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline import codec, contracts
from pipeline.contracts import Event, Ingested, IngestSpec
from pipeline.ingest.stage import INGESTED
from pipeline.runner import run_stage

Ingest = Callable[..., Ingested]


def _silent(event: Event) -> None:
    del event


@pytest.fixture
def uploads(tmp_path: Path) -> Path:
    folder = tmp_path / "uploads"
    folder.mkdir()
    return folder


@pytest.fixture
def ingest(uploads: Path, tmp_path: Path) -> Ingest:
    """Run the stage over the uploads; return what it wrote."""

    def run(**fields: Any) -> Ingested:
        out = tmp_path / "out"
        spec = IngestSpec(uploads=str(uploads), threads=1, **fields)
        result = run_stage(spec, out, emit=_silent)
        assert not list(out.rglob("*.part"))
        read = codec.from_jsonable(
            Ingested, codec.parse_json((out / INGESTED).read_text(), source=INGESTED)
        )
        assert [r.name for r in result.refused] == [r.name for r in read.refused]
        assert contracts.spec_from_json((out / "spec.json").read_text()) == spec
        return read

    return run
