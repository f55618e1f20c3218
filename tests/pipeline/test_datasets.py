"""Fetching real micrographs; the download goes through a local mirror."""

from __future__ import annotations

import functools
import hashlib
import http.server
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from pipeline import datasets, files
from pipeline.contracts import FetchSpec
from pipeline.errors import StageFailed
from pipeline.runner import run_stage


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *arguments: object) -> None:
        """Say nothing."""


@pytest.fixture
def mirror(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, Path]]:
    """Serve a folder of the layout of EMPS that holds two small images of our own."""
    root = tmp_path / "mirror"
    listed: dict[str, dict[str, str]] = {}
    for name in ("one", "two"):
        sums: dict[str, str] = {}
        for kind, folder in (("image", "images"), ("mask", "segmaps")):
            pixels = np.full((40, 40), len(listed) + len(sums), np.uint8)
            path = files.write_png(root / folder / f"{name}.png", pixels)
            sums[kind] = hashlib.sha256(path.read_bytes()).hexdigest()
        listed[name] = sums
    content = {"source": "http://nowhere.invalid", "licence": "MIT", "files": listed}
    monkeypatch.setattr(datasets, "_listed", lambda: content)
    handler = functools.partial(_Quiet, directory=str(root))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", root
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_file_that_is_not_the_published_one_is_refused(
    mirror: tuple[str, Path], tmp_path: Path
) -> None:
    address, root = mirror
    files.write_png(root / "images" / "two.png", np.zeros((50, 50), np.uint8))
    with pytest.raises(StageFailed, match=r"two\.png is not the file that was published"):
        run_stage(FetchSpec(mirror=address), tmp_path / "out", emit=lambda event: None)
    assert not (tmp_path / "out" / "images" / "two.png").exists()


def test_an_unreachable_source_says_how_to_bring_images(
    mirror: tuple[str, Path], tmp_path: Path
) -> None:
    del mirror
    spec = FetchSpec(mirror="http://127.0.0.1:1")
    with pytest.raises(StageFailed, match=r"SEMBLANCE_MIRROR.*SEMBLANCE_DATA"):
        run_stage(spec, tmp_path / "out", emit=lambda event: None)


def test_fetch_brings_images_and_masks_through_a_mirror(
    mirror: tuple[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address, root = mirror
    monkeypatch.setenv("SEMBLANCE_MIRROR", address)
    out = tmp_path / "out"
    result = run_stage(FetchSpec(images=1), out, emit=lambda event: None)
    assert [artifact.path for artifact in result.artifacts] == ["images/one.png", "segmaps/one.png"]
    assert (out / "images/one.png").read_bytes() == (root / "images/one.png").read_bytes()


def test_the_list_of_emps_has_two_checksums_an_image() -> None:
    listed = json.loads(Path(datasets.__file__).with_name("emps.json").read_text())
    assert len(listed["files"]) > 50
    for sums in listed["files"].values():
        assert {len(sums["image"]), len(sums["mask"])} == {64}
