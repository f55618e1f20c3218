"""EMPS and TiO2 by one click: from a folder at hand, else downloaded; licences filled in."""

from pathlib import Path

import numpy as np
import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Role, User
from catalog.models import Dataset
from exchange.models import Import
from exchange.services import published
from runs.local import run_here
from runs.models import Run
from tests.pipeline.ingest import hostile
from tests.web.exchange.conftest import ended
from tests.web.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of data sets with a small one in the form of each."""
    root = tmp_path / "shelf"
    labels = np.zeros((48, 64), np.uint16)
    labels[4:9, 4:9] = 1
    for name, masks, end in (("emps", "segmaps", ""), ("tio2", "masks", "_m")):
        for folder in ("images", masks):
            (root / name / folder).mkdir(parents=True)
        (root / name / "images" / "1.png").write_bytes(hostile.png())
        (root / name / masks / f"1{end}.png").write_bytes(hostile.label_png(labels))
    (root / "emps" / "index.csv").write_text("image,bright_on_dark,shape\n1,1,cube\n")
    (root / "tio2" / "masks_4classes").mkdir()
    (root / "tio2" / "masks_4classes" / "1_cm.png").write_bytes(hostile.png(3))
    monkeypatch.setenv("SEMBLANCE_DATA", str(root))
    return root


def click(client: Client, key: str) -> int:
    return client.post(reverse("exchange:published", args=[key])).status_code


def test_only_a_curator_may(client: Client, shelf: Path) -> None:
    client.force_login(make_user(Role.ANALYST))
    assert click(client, "emps") == 403
    page = client.get(reverse("exchange:index")).content.decode()
    assert "A curator can import it." in page


def test_a_set_that_is_unknown_or_not_here_is_said(
    signed_in: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEMBLANCE_DATA", str(tmp_path))
    assert click(signed_in, "nothing") == 422
    response = signed_in.post(reverse("exchange:published", args=["tio2"]))
    assert response.status_code == 422
    assert "TiO2 is not on this server" in response.content.decode()
    assert not Dataset.objects.exists()


def test_images_and_masks_of_a_lab_are_not_taken_for_a_published_set(
    signed_in: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They would carry its source and its licence from then on."""
    for part in ("images", "masks"):
        (tmp_path / "ours" / part).mkdir(parents=True)
    monkeypatch.setenv("SEMBLANCE_DATA", str(tmp_path / "ours"))
    assert click(signed_in, "tio2") == 422
    assert not Dataset.objects.exists()


def test_the_folder_of_a_set_may_be_named_itself(
    signed_in: Client, shelf: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for key, count in (("emps", 1), ("tio2", 2)):
        monkeypatch.setenv("SEMBLANCE_DATA", str((shelf / key).rename(shelf / f"{key}-copy")))
        assert click(signed_in, key) == 302
        assert Dataset.objects.count() == count


@pytest.mark.parametrize(
    ("key", "name", "licence"), [("emps", "EMPS", "MIT"), ("tio2", "TiO2", "CC BY-NC-ND 4.0")]
)
@pytest.mark.usefixtures("shelf")
def test_a_set_at_hand_becomes_a_dataset_with_truth_and_licence(
    signed_in: Client, curator: User, key: str, name: str, licence: str
) -> None:
    assert click(signed_in, key) == 302
    batch = ended(Import.objects.get())
    assert (batch.taken_count, batch.truth_count, batch.refused_count) == (1, 1, 0)
    dataset = Dataset.objects.get(owner=curator, name=name)
    assert dataset.licence == licence
    assert "doi" in dataset.source
    image = dataset.images.get()
    assert image.truth_id
    assert image.licence == licence
    assert image.shape == ("cube" if key == "emps" else "")


@pytest.mark.usefixtures("shelf")
def test_two_clicks_start_one_import(signed_in: Client) -> None:
    click(signed_in, "emps")
    click(signed_in, "emps")
    assert Import.objects.count() == 1


def test_emps_is_downloaded_where_it_is_not_at_hand(
    signed_in: Client, shelf: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The stage `fetch` is stood in for by files it would have made."""
    monkeypatch.setenv("SEMBLANCE_DATA", str(tmp_path / "nothing"))
    assert click(signed_in, "emps") == 302
    batch = Import.objects.get()
    fetch = Run.objects.get(stage="fetch")
    assert batch.run is not None
    assert batch.run.inputs.get().source_run == fetch
    assert batch.run.status == "waiting"
    _pretend_fetched(fetch, shelf / "emps")
    batch = ended(batch)
    assert (batch.taken_count, batch.truth_count) == (1, 1), batch.problem


def _pretend_fetched(fetch: Run, folder: Path) -> None:
    from core.files import file_store
    from runs.models import Artifact, Status

    for path in sorted(folder.glob("*/*")):
        Artifact.objects.create(
            run=fetch,
            path=path.relative_to(folder).as_posix(),
            role="image",
            file=file_store(source=path),
        )
    Run.objects.filter(pk=fetch.pk).update(status=Status.SUCCEEDED)


@pytest.mark.data
def test_the_real_sets_are_known_by_their_folders(
    real_data: Path, monkeypatch: pytest.MonkeyPatch, curator: User
) -> None:
    monkeypatch.setenv("SEMBLANCE_DATA", str(real_data))
    assert all(offer.folder for offer in published.offers(user=curator))


@pytest.mark.data
@pytest.mark.slow
def test_tio2_itself_comes_in_with_scale_and_truth(
    real_data: Path, monkeypatch: pytest.MonkeyPatch, signed_in: Client
) -> None:
    monkeypatch.setenv("SEMBLANCE_DATA", str(real_data))
    click(signed_in, "tio2")
    batch = Import.objects.get()
    assert batch.run is not None
    run_here(batch.run)
    batch.refresh_from_db()
    assert (batch.taken_count, batch.truth_count, batch.refused_count) == (28, 28, 0)
    assert set(batch.dataset.images.values_list("nm_per_px", "scale_source")) == {(7.34375, "tag")}
