"""EMPS from a mirror on this machine: downloaded, checked, read, and a dataset with truth."""

import functools
import hashlib
import http.server
import json
import shlex
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts.models import User
from catalog.models import Dataset, Image
from exchange.models import Import
from runs import sweeper
from runs.local import run_here
from runs.models import Run, Status
from tests.pipeline.ingest import hostile
from tests.web.exchange.conftest import ended

pytestmark = pytest.mark.django_db
NAMES = ("aaaa000001", "bbbb000002")


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *arguments: object) -> None:
        """Say nothing."""


@pytest.fixture(autouse=True)
def mirror(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of the layout of EMPS with two small images of our own, served over HTTP."""
    root = tmp_path / "mirror"
    listed: dict[str, dict[str, str]] = {}
    for number, name in enumerate(NAMES, start=1):
        labels = np.zeros((48, 64), np.uint16)
        labels[4:12, 4:12], labels[20:30, 30:44] = 1, 2
        contents = {"images": hostile.png(number), "segmaps": hostile.label_png(labels)}
        for folder, content in contents.items():
            (root / folder).mkdir(parents=True, exist_ok=True)
            (root / folder / f"{name}.png").write_bytes(content)
        image, mask = (hashlib.sha256(content).hexdigest() for content in contents.values())
        listed[name] = {"image": image, "mask": mask}
    listing = tmp_path / "emps.json"
    listing.write_text(
        json.dumps({"source": "http://nowhere.invalid", "licence": "MIT", "files": listed})
    )
    script = Path(__file__).with_name("small_emps.py")
    settings.SEMBLANCE_STAGE_COMMAND = shlex.join([sys.executable, str(script)])
    handler = functools.partial(_Quiet, directory=str(root))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        monkeypatch.setenv("SEMBLANCE_SMALL_EMPS", str(listing))
        monkeypatch.setenv("SEMBLANCE_MIRROR", f"http://127.0.0.1:{server.server_port}")
        monkeypatch.setenv("SEMBLANCE_DATA", str(tmp_path / "nothing"))
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        yield root
        server.shutdown()
        thread.join()


def clicked(client: Client) -> tuple[Import, Run]:
    assert client.post(reverse("exchange:published", args=["emps"])).status_code == 302
    return Import.objects.get(), Run.objects.get(stage="fetch")


def test_a_file_that_was_changed_on_its_way_ends_the_import_and_leaves_no_image(
    signed_in: Client, mirror: Path
) -> None:
    (mirror / "images" / f"{NAMES[1]}.png").write_bytes(hostile.png(9))
    batch, fetch = clicked(signed_in)
    assert run_here(fetch).status == Status.FAILED
    assert "is not the file that was published" in fetch.problem
    sweeper.sweep()  # it tells the import that its run will never start
    batch.refresh_from_db()
    assert batch.state == Import.State.FAILED
    assert batch.problem
    assert not Image.objects.exists()


def test_a_set_that_was_fetched_becomes_a_dataset_with_ground_truth(
    signed_in: Client, curator: User, mirror: Path
) -> None:
    batch, fetch = clicked(signed_in)
    assert run_here(fetch).status == Status.SUCCEEDED, fetch.problem
    batch = ended(batch)
    assert (batch.taken_count, batch.truth_count, batch.refused_count) == (2, 2, 0)
    dataset = Dataset.objects.get(owner=curator, name="EMPS")
    assert [image.name for image in dataset.images.order_by("name")] == [
        f"{name}.png" for name in NAMES
    ]
    for image in dataset.images.all():
        content = (mirror / "images" / image.name).read_bytes()
        assert image.file_id == hashlib.sha256(content).hexdigest()
        assert image.licence == "MIT"
    assert [line.reason for line in batch.lines.all()] == ["With 2 particles as ground truth."] * 2
