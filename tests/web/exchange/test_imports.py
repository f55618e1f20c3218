"""Files through the form: what is taken, what is refused by name, and what happens twice."""

import hashlib
import uuid
import zipfile
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts.models import Role, User
from catalog.errors import InUse
from catalog.models import Dataset, Image
from catalog.services import dataset_delete
from core.models import AuditEntry, FileSet, StoredFile
from exchange.models import Import
from exchange.services import uploads
from exchange.services.names import clean_path, each_once
from exchange.services.storing import import_end
from runs.models import Run, Status
from runs.services import InputRef, run_start
from tests.pipeline.ingest import hostile
from tests.web.exchange.conftest import Post, ended, reasons, send
from tests.web.factories import make_dataset, make_user

pytestmark = pytest.mark.django_db


# ---- refused as a whole -------------------------------------------------------------------------


def test_a_dataset_of_somebody_else_takes_no_files(signed_in: Client) -> None:
    foreign = make_dataset()
    assert send(signed_in, foreign, {"a.png": hostile.png()}).status_code == 404
    foreign.visibility = "lab"
    foreign.save()
    assert send(signed_in, foreign, {"a.png": hostile.png()}).status_code == 403
    assert not Import.objects.exists()


def test_a_person_who_is_no_curator_cannot_upload(client: Client, dataset: Dataset) -> None:
    client.force_login(make_user(Role.ANALYST))
    assert send(client, dataset, {"a.png": hostile.png()}).status_code == 403


def test_no_file_at_all_is_said_and_starts_nothing(signed_in: Client, dataset: Dataset) -> None:
    response = send(signed_in, dataset, {})
    assert response.status_code == 422
    assert "There is no file to take" in response.content.decode()
    assert not Import.objects.exists()
    assert not FileSet.objects.exists()


@pytest.mark.parametrize("token", ["", "x", "0" * 40])
def test_a_form_without_its_token_is_refused(
    signed_in: Client, dataset: Dataset, token: str
) -> None:
    response = send(signed_in, dataset, {"a.png": hostile.png()}, token=token)
    assert response.status_code == 422
    assert not Import.objects.exists()


def test_a_form_posted_twice_imports_once(signed_in: Client, dataset: Dataset) -> None:
    token = str(uuid.uuid4())
    first, second = (
        send(signed_in, dataset, {"a.png": hostile.png()}, token=token)["Location"] for _ in "12"
    )
    assert first == second
    assert Import.objects.count() == Run.objects.count() == 1


def test_a_token_of_another_dataset_is_refused(
    signed_in: Client, dataset: Dataset, curator: User
) -> None:
    token = str(uuid.uuid4())
    send(signed_in, dataset, {"a.png": hostile.png()}, token=token)
    other = make_dataset(owner=curator)
    response = send(signed_in, other, {"a.png": hostile.png()}, token=token)
    assert response.status_code == 422
    assert "open the upload page anew" in response.content.decode()


# ---- refused by name, the rest taken -----------------------------------------------------------


def test_hostile_files_are_named_and_the_rest_is_taken(
    imported: Post, dataset: Dataset, tmp_path: Path
) -> None:
    path = hostile.zip_of(
        tmp_path / "batch.zip",
        {
            "fine.png": hostile.png(2),
            "/etc/a.png": hostile.png(3),
            "../b.png": hostile.png(4),
            "inner.zip": b"PK\x03\x04",
            "bomb.png": bytes(90_000_000),
        },
        compression=zipfile.ZIP_DEFLATED,
    )
    hostile.add_link(path, "link.png", "/etc/passwd")
    batch = imported(
        {
            "good.png": hostile.png(1),
            "notes.txt": b"no image",
            "empty.png": b"",
            "cut.png": hostile.png(5)[:-50],
            "batch.zip": path.read_bytes(),
        }
    )
    assert batch.state == Import.State.DONE
    assert sorted(Image.objects.values_list("name", flat=True)) == ["fine.png", "good.png"]
    assert reasons(batch) == {
        "notes.txt": "unknown",
        "empty.png": "unreadable",
        "cut.png": "unreadable",
        "batch.zip//etc/a.png": "outside",
        "batch.zip/../b.png": "outside",
        "batch.zip/inner.zip": "nested",
        "batch.zip/bomb.png": "bomb",
        "batch.zip/link.png": "link",
    }
    assert (batch.taken_count, batch.refused_count) == (2, 8)
    dataset.refresh_from_db()
    assert dataset.image_count == 2


def test_every_refusal_is_a_sentence_on_the_page(imported: Post, signed_in: Client) -> None:
    batch = imported({"good.png": hostile.png(), "notes.txt": b"x"})
    page = signed_in.get(reverse("exchange:batch", args=[batch.pk])).content.decode()
    assert "Is no image, ZIP, COCO file or table" in page
    assert "notes.txt" in page
    for line in batch.lines.filter(outcome="refused"):
        assert line.reason.endswith(".")


def test_ten_thousand_and_more_entries_are_cut_off_in_one_sentence(
    imported: Post, tmp_path: Path
) -> None:
    members = {"a.png": hostile.png()} | {f"{n}.txt": b"" for n in range(10_050)}
    batch = imported({"many.zip": hostile.zip_of(tmp_path / "m.zip", members).read_bytes()})
    (line,) = batch.lines.filter(kind="too-many")
    assert "10,000 are taken of one ZIP" in line.reason
    assert batch.taken_count == 1


def test_a_duplicate_is_refused_by_the_name_of_the_one_that_is_there(imported: Post) -> None:
    imported({"first.png": hostile.png()})
    batch = imported({"second.png": hostile.png(), "new.png": hostile.png(9)})
    (line,) = batch.lines.filter(outcome="refused")
    assert (line.kind, line.reason) == (
        "duplicate",
        "The same file is in this dataset already, as first.png.",
    )
    assert line.image is not None
    assert Image.objects.count() == 2


# ---- taken --------------------------------------------------------------------------------------


def test_an_image_keeps_its_bytes_and_gets_its_facts(imported: Post) -> None:
    content = hostile.png(size=(700, 500))
    imported(
        {"a.png": content, "index.csv": b"image,shape,nm_per_px,bright_on_dark\na,cube,2.5,1\n"},
        source="Me, 2026",
        licence="CC0",
    )
    image = Image.objects.get()
    assert image.file_id == hashlib.sha256(content).hexdigest()
    assert (image.width_px, image.height_px) == (700, 500)
    assert (image.nm_per_px, image.scale_source) == (2.5, "typed")
    assert (image.shape, image.source, image.licence) == ("cube", "Me, 2026", "CC0")
    assert [tag.name for tag in image.tags.all()] == ["bright on dark"]
    assert len(image.phash) == 16
    assert image.origin.run.stage == "ingest"


def test_masks_become_ground_truth(imported: Post, tmp_path: Path) -> None:
    path = hostile.zip_of(
        tmp_path / "set.zip",
        {"images/a.png": hostile.png(1), "masks/a.png": _mask(), "images/b.png": hostile.png(2)},
    )
    batch = imported({"set.zip": path.read_bytes()})
    assert (batch.taken_count, batch.truth_count) == (2, 1)
    assert [bool(image.truth_id) for image in Image.objects.order_by("name")] == [True, False]


def _mask() -> bytes:
    import numpy as np

    labels = np.zeros((48, 64), np.uint16)
    labels[4:9, 4:9] = 1
    return hostile.label_png(labels)


def test_results_that_are_stored_twice_are_there_once(imported: Post) -> None:
    batch = imported({"a.png": hostile.png(), "x.txt": b""})
    Import.objects.filter(pk=batch.pk).update(state=Import.State.RUNNING)
    assert batch.run is not None
    import_end(run=batch.run)
    batch.refresh_from_db()
    assert (batch.state, batch.taken_count, batch.refused_count) == ("done", 1, 1)
    assert Image.objects.count() == 1


def test_a_run_that_failed_says_so_and_leaves_nothing(signed_in: Client, dataset: Dataset) -> None:
    send(signed_in, dataset, {"a.png": hostile.png()})
    batch = Import.objects.get()
    assert batch.run is not None
    Run.objects.filter(pk=batch.run.pk).update(status=Status.FAILED, problem="The disk is full.")
    batch.run.refresh_from_db()
    import_end(run=batch.run)
    page = signed_in.get(reverse("exchange:batch", args=[batch.pk])).content.decode()
    assert "The disk is full." in page
    assert "Nothing is half there" in page
    assert not Image.objects.exists()


def test_the_page_polls_until_the_import_has_ended(signed_in: Client, dataset: Dataset) -> None:
    send(signed_in, dataset, {"a.png": hostile.png()})
    batch = Import.objects.get()
    url = reverse("exchange:batch-progress", args=[batch.pk])
    htmx = {"HX-Request": "true"}
    assert "every 2s" in signed_in.get(url, headers=htmx).content.decode()
    assert signed_in.get(url).status_code == 302
    ended(batch)
    assert "every 2s" not in signed_in.get(url, headers=htmx).content.decode()


def test_an_import_is_seen_by_who_sees_its_dataset(imported: Post, client: Client) -> None:
    batch = imported({"a.png": hostile.png()})
    client.force_login(make_user(Role.CURATOR))
    assert client.get(reverse("exchange:batch", args=[batch.pk])).status_code == 404
    Dataset.objects.update(visibility="lab")
    assert client.get(reverse("exchange:batch", args=[batch.pk])).status_code == 200
    client.force_login(make_user(Role.RATER))
    assert client.get(reverse("exchange:batch", args=[batch.pk])).status_code == 403


@pytest.mark.parametrize("query", ["?show=taken", "?show=x", "?after=-1", "?after=" + "9" * 40])
def test_odd_addresses_of_the_page_do_no_harm(
    imported: Post, signed_in: Client, query: str
) -> None:
    batch = imported({"a.png": hostile.png()})
    assert signed_in.get(reverse("exchange:batch", args=[batch.pk]) + query).status_code == 200


# ---- deleted ------------------------------------------------------------------------------------


def test_a_dataset_is_not_deleted_while_an_import_runs(
    signed_in: Client, dataset: Dataset, curator: User
) -> None:
    send(signed_in, dataset, {"a.png": hostile.png()})
    with pytest.raises(InUse, match="is still running"):
        dataset_delete(dataset=dataset, by=curator)
    assert Import.objects.exists()
    assert not AuditEntry.objects.filter(action="dataset.deleted").exists()


def test_half_an_upload_goes_with_its_dataset_but_not_while_it_is_sent(
    dataset: Dataset, curator: User
) -> None:
    upload = uploads.upload_create(owner=curator, dataset=dataset, name="a.tif", size_bytes=9)
    with uploads._held(upload), pytest.raises(InUse, match=r"a\.tif is being uploaded"):
        dataset_delete(dataset=dataset, by=curator)
    assert uploads.upload_path(upload).exists()
    dataset_delete(dataset=dataset, by=curator)
    assert not uploads.upload_path(upload).exists()
    assert not Dataset.objects.exists()


def test_a_dataset_takes_its_imports_their_runs_and_their_files_along(
    imported: Post, dataset: Dataset, curator: User
) -> None:
    imported({"a.png": hostile.png(), "x.txt": b"x"})
    dataset_delete(dataset=dataset, by=curator)
    assert not Import.objects.exists()
    assert not Run.objects.exists()
    assert not FileSet.objects.exists()
    assert not StoredFile.objects.filter(discarded_at=None).exists()


def test_a_run_that_something_else_reads_stays_with_its_files(
    imported: Post, dataset: Dataset, curator: User
) -> None:
    run = imported({"a.png": hostile.png()}).run
    assert run is not None
    run_start(owner=curator, stage="ingest", inputs=[InputRef(field="uploads", source_run=run)])
    dataset_delete(dataset=dataset, by=curator)
    assert Run.objects.filter(pk=run.pk).exists()
    assert run.artifacts.exists()


# ---- folders of the server ----------------------------------------------------------------------


def test_only_an_administrator_imports_a_folder(
    signed_in: Client, dataset: Dataset, tmp_path: Path
) -> None:
    url = reverse("exchange:import-folder", args=[dataset.pk])
    data = {"folder-path": str(tmp_path), "folder-token": str(uuid.uuid4())}
    assert signed_in.post(url, data).status_code == 403


def test_a_folder_of_the_server_is_read_without_following_links(
    admin_client: Client, admin_user: User, tmp_path: Path
) -> None:
    dataset = make_dataset(owner=admin_user)
    folder = tmp_path / "shelf"
    (folder / "images").mkdir(parents=True)
    (folder / "images" / "a.png").write_bytes(hostile.png())
    (folder / "secret.png").symlink_to("/etc/passwd")
    (folder / "elsewhere").symlink_to("/etc")
    url = reverse("exchange:import-folder", args=[dataset.pk])
    data = {"folder-path": str(folder), "folder-token": str(uuid.uuid4())}
    assert admin_client.post(url, data).status_code == 302
    batch = ended(Import.objects.get())
    assert reasons(batch) == {"secret.png": "link", "elsewhere": "link"}
    assert batch.taken_count == 1


@pytest.mark.parametrize("path", ["/nowhere", "/etc/hostname", "a\0b", "relative"])
def test_a_folder_that_cannot_be_read_is_said(
    admin_client: Client, admin_user: User, path: str
) -> None:
    dataset = make_dataset(owner=admin_user)
    url = reverse("exchange:import-folder", args=[dataset.pk])
    response = admin_client.post(url, {"folder-path": path, "folder-token": str(uuid.uuid4())})
    assert response.status_code == 422
    assert not Import.objects.exists()


def test_a_file_above_the_limit_is_left_out_however_it_comes_and_the_rest_is_taken(
    signed_in: Client, dataset: Dataset, settings: Settings
) -> None:
    settings.SEMBLANCE_UPLOAD_MAX_MB = 1
    large = SimpleUploadedFile("large.png", bytes(1_000_001))
    addresses = (
        (reverse("exchange:import-files", args=[dataset.pk]), "chosen", 302),
        (f"/api/datasets/{dataset.pk}/uploads/", "files", 201),
    )
    for number, (address, field, code) in enumerate(addresses, 1):
        small = SimpleUploadedFile("small.png", hostile.png(number))
        sent = {field: [large, small], "token": str(uuid.uuid4())}
        assert signed_in.post(address, sent).status_code == code
        batch = Import.objects.latest("pk")
        assert batch.file_set is not None
        assert [one.name for one in batch.file_set.items.all()] == ["small.png"]
        line = batch.lines.get(outcome="refused")
        assert (line.name, line.kind) == ("large.png", "too-large")
        assert "one file may have 1 MB" in line.reason
        large.seek(0)
    answer = signed_in.post(addresses[0][0], {"chosen": [large], "token": str(uuid.uuid4())})
    assert answer.status_code == 422
    assert "one file may have 1 MB" in answer.content.decode()


def test_a_folder_too_large_to_wait_for_names_the_command(
    admin_client: Client,
    admin_user: User,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("exchange.views.imports.MOST_FILES_OF_A_FOLDER", 1)
    (tmp_path / "shelf").mkdir()
    for name in "ab":
        (tmp_path / "shelf" / f"{name}.png").write_bytes(hostile.png())
    url = reverse("exchange:import-folder", args=[make_dataset(owner=admin_user).pk])
    data = {"folder-path": str(tmp_path / "shelf"), "folder-token": str(uuid.uuid4())}
    response = admin_client.post(url, data)
    assert response.status_code == 422
    assert "manage.py import_folder" in response.content.decode()
    assert not Import.objects.exists()


def test_the_command_imports_a_folder_into_a_new_dataset(
    curator: User, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "shelf").mkdir()
    (tmp_path / "shelf" / "a.png").write_bytes(hostile.png())
    (tmp_path / "shelf" / "b.txt").write_bytes(b"x")
    call_command(
        "import_folder", str(tmp_path / "shelf"), dataset="Shelf", owner="curator", here=True
    )
    assert "1 taken, 1 left out" in capsys.readouterr().out
    assert Dataset.objects.get(owner=curator, name="Shelf").image_count == 1


def test_the_command_says_what_is_wrong(curator: User, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="nobody with the user name x"):
        call_command("import_folder", str(tmp_path), dataset="A", owner="x")
    with pytest.raises(CommandError, match="not a folder that the server can read"):
        call_command("import_folder", str(tmp_path / "no"), dataset="A", owner="curator")
    with pytest.raises(CommandError, match="There is no file to take"):
        call_command("import_folder", str(tmp_path), dataset="A", owner="curator")


# ---- names --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("a.png", "a.png"),
        ("../../etc/a.png", "etc/a.png"),
        ("/a/./b.png", "a/b.png"),
        ("C:\\pictures\\a.png", "pictures/a.png"),
        ("", "file"),
        ("..", "file"),
        ("a\0b\n.png", "a\N{REPLACEMENT CHARACTER}b\N{REPLACEMENT CHARACTER}.png"),
        ("x" * 400 + ".png", "x" * 196 + ".png"),
        ("粒" * 200 + ".tif", "粒" * 65 + ".tif"),
    ],
)
def test_names_of_files_are_made_safe(name: str, clean: str) -> None:
    assert clean_path(name) == clean


def test_no_two_files_take_one_place() -> None:
    assert each_once(["a", "a/b.png", "a", "c/d", "c"]) == [
        "a", "again-2/a/b.png", "again-3/a", "c/d", "again-5/c",
    ]  # fmt: skip
