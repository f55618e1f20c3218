"""Uploading in a browser: chosen and dropped files, a cut connection, results, published sets."""

import io
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest
import tifffile
from django.test import Client
from django.urls import reverse
from numpy.typing import NDArray
from playwright.sync_api import Browser, Page, Route, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from accounts.models import Role, User
from catalog.models import Dataset, Image
from catalog.services import version_freeze
from exchange.models import Export, Import, Upload
from runs.local import run_here
from tests.browser.checks import assert_it_fits_and_is_accessible
from tests.browser.conftest import heard
from tests.conftest import ROOT
from tests.pipeline.ingest import hostile
from tests.web.factories import make_dataset, make_user

# Drops files on an element as a person does: names, contents as lists of bytes.
DROP = """
(target, files) => {
  const transfer = new DataTransfer();
  for (const [name, bytes] of files) {
    transfer.items.add(new File([new Uint8Array(bytes)], name, {lastModified: 1}));
  }
  for (const kind of ["dragenter", "dragover", "drop"]) {
    const how = {dataTransfer: transfer, bubbles: true, cancelable: true};
    target.dispatchEvent(new DragEvent(kind, how));
  }
}
"""

needs_tus = pytest.mark.skipif(
    not (ROOT / "static_vendor" / "tus.js").is_file(), reason="no tus-js-client; manage.py vendor"
)


@pytest.fixture
def curator(transactional_db: None) -> User:
    return make_user(Role.CURATOR, name="curator")


@pytest.fixture
def dataset(curator: User) -> Dataset:
    return make_dataset(owner=curator, name="Gold", licence="CC0")


@pytest.fixture
def signed_in(page: Page, curator: User, live_server: LiveServer) -> Page:
    client = Client()
    client.force_login(curator)
    session = client.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    return page


@pytest.fixture
def upload_page(signed_in: Page, live_server: LiveServer, dataset: Dataset) -> Page:
    signed_in.goto(live_server.url + reverse("exchange:upload", args=[dataset.pk]))
    expect(signed_in.locator("[data-with-script]")).to_be_visible()
    return signed_in


def read_here(page: Page) -> Import:
    """Let the import be read; the page waits elsewhere, for the two share a database in memory."""
    batch = Import.objects.get()
    address = page.url
    page.goto("about:blank")
    assert batch.run is not None
    run_here(batch.run)
    batch.refresh_from_db()
    page.goto(address)
    page.wait_for_load_state("networkidle")  # a picture given up half way is a complaint
    return batch


def tiff(array: NDArray[Any]) -> bytes:
    stream = io.BytesIO()
    tifffile.imwrite(stream, array)
    return stream.getvalue()


def drop(page: Page, *files: tuple[str, bytes]) -> None:
    page.locator("[data-drop]").evaluate(DROP, [[name, list(content)] for name, content in files])


def test_dropped_files_are_listed_uploaded_and_read(upload_page: Page, dataset: Dataset) -> None:
    page = upload_page
    drop(page, ("a.png", hostile.png(1)), ("b.png", hostile.png(2)), ("notes.txt", b"no image"))
    expect(page.locator("[data-files] li")).to_have_count(3)
    assert_it_fits_and_is_accessible(page, "upload")
    page.get_by_role("button", name="Remove b.png").click()
    expect(page.locator("[data-files] li")).to_have_count(2)
    page.get_by_role("button", name="Upload and import").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Import: 2 files")
    assert_it_fits_and_is_accessible(page)
    batch = read_here(page)
    expect(page.get_by_role("link", name="Look at the images")).to_be_visible()
    expect(page.locator(".results")).to_contain_text("Is no image, ZIP, COCO file or table")
    assert_it_fits_and_is_accessible(page, "import-done")
    assert (batch.taken_count, batch.refused_count) == (1, 1)
    page.goto(page.url.replace(f"imports/{batch.pk}", f"datasets/{dataset.pk}/upload"))
    expect(page.get_by_role("link", name="2 files")).to_be_visible()
    assert_it_fits_and_is_accessible(page)
    assert Image.objects.get().dataset == dataset


def test_a_folder_is_chosen_by_its_button_and_names_keep_their_folders(
    upload_page: Page, tmp_path: Path
) -> None:
    folder = tmp_path / "tio2"
    (folder / "masks").mkdir(parents=True)
    (folder / "a.png").write_bytes(hostile.png(1))
    (folder / "masks" / "a.png").write_bytes(hostile.png(2))
    upload_page.get_by_label("or a whole folder").set_input_files(folder)
    expect(upload_page.locator("[data-files] li")).to_have_count(2)
    expect(upload_page.locator("[data-files]")).to_contain_text("tio2/masks/a.png")
    assert_it_fits_and_is_accessible(upload_page, "upload-folder")
    upload_page.get_by_role("button", name="Upload and import").click()
    expect(upload_page.get_by_role("heading", level=1)).to_contain_text("Import: 2 files")
    sent = Import.objects.get().file_set
    assert sent is not None
    names = set(sent.items.values_list("name", flat=True))
    assert names == {"tio2/a.png", "tio2/masks/a.png"}


def test_without_scripts_the_form_sends_the_files(
    chromium: Browser,
    live_server: LiveServer,
    curator: User,
    dataset: Dataset,
    complaints: list[str],
) -> None:
    client = Client()
    client.force_login(curator)
    context = heard(chromium, complaints, java_script_enabled=False)
    session = client.cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    page = context.new_page()
    page.goto(live_server.url + reverse("exchange:upload", args=[dataset.pk]))
    page.locator('input[name="chosen"]').set_input_files(
        {"name": "a.png", "mimeType": "image/png", "buffer": hostile.png()}
    )
    page.get_by_role("button", name="Upload and import").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Import: a.png")
    assert read_here(page).taken_count == 1
    context.close()
    assert complaints == []


def test_a_zip_gives_its_good_images_and_names_what_is_left_out(
    upload_page: Page, dataset: Dataset, tmp_path: Path
) -> None:
    path = hostile.zip_of(
        tmp_path / "batch.zip",
        {
            "a.png": hostile.png(1),
            "deeper/b.png": hostile.png(2),
            "../c.png": hostile.png(3),
            "/etc/d.png": hostile.png(4),
            "notes.txt": b"no image",
            "e.png": b"no image either",
        },
    )
    hostile.add_link(path, "f.png", "/etc/passwd")
    page = upload_page
    page.get_by_label("Choose images, ZIPs").set_input_files(path)
    expect(page.locator("[data-files] li")).to_have_count(1)
    page.get_by_role("button", name="Upload and import").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Import: batch.zip")
    batch = read_here(page)
    results = page.locator(".results")
    for name, words in {
        "../c.png": "Leads out of its folder",
        "/etc/d.png": "Has an absolute path",
        "f.png": "link; pack the file itself",
        "notes.txt": "Is no image",
        "e.png": "not an image that can be read",
    }.items():
        row = results.get_by_role("row").filter(has_text=name)
        expect(row).to_contain_text("Left out")
        expect(row).to_contain_text(words)
    assert (batch.taken_count, batch.refused_count) == (2, 5)
    assert_it_fits_and_is_accessible(page, "import-zip")
    page.get_by_role("link", name="Look at the images").click()
    expect(page.locator(".tile")).to_have_count(2)
    names = sorted(dataset.images.values_list("name", flat=True))
    assert [name.rpartition("/")[2] for name in names] == ["a.png", "b.png"]


@needs_tus
def test_a_cut_connection_is_gone_on_with(upload_page: Page, complaints: list[str]) -> None:
    """The second piece is cut once; the script asks how far it came and sends the rest."""
    page = upload_page
    cut: list[str] = []

    def cut_once(route: Route) -> None:
        if route.request.method == "PATCH" and not cut:
            cut.append(route.request.headers["upload-offset"])
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route("**/exchange/uploads/**", cut_once)
    drop(page, ("a.png", hostile.png(size=(400, 400))))
    page.get_by_role("button", name="Upload and import").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Import: a.png", timeout=15_000)
    assert cut == ["0"]
    assert read_here(page).taken_count == 1
    assert not Upload.objects.exists()
    complaints[:] = [text for text in complaints if "ERR_CONNECTION_RESET" not in text]
    complaints[:] = [text for text in complaints if not text.startswith("failed: ")]


def saved(image: PIL.Image.Image, kind: str, **options: Any) -> bytes:
    stream = io.BytesIO()
    image.save(stream, format=kind, **options)
    return stream.getvalue()


# Each with the words that must stand beside its name, and whether it becomes an image.
GREY = PIL.Image.fromarray(np.arange(64 * 48, dtype=np.uint32).reshape(48, 64).astype(np.uint8))
COLOURED = PIL.Image.merge("RGB", (GREY, GREY.rotate(90, expand=False), GREY.rotate(180)))
NOT_FINITE = np.full((48, 64), np.nan, np.float32)
HARD_TO_READ = {
    "print.jpg": (saved(GREY.convert("CMYK"), "JPEG"), "is in CMYK", False),
    "wide.png": (saved(PIL.Image.new("L", (8193, 40)), "PNG"), "8192 px at most", False),
    "small.png": (saved(PIL.Image.new("L", (64, 31)), "PNG"), "at least 32 px", False),
    "cut.png": (hostile.png(3)[:-40], "truncated or damaged", False),
    "empty.tif": (b"", "is empty (0 bytes)", False),
    "figure.tif": (b"%!PS-Adobe-3.0 EPSF", "not an image that can be read", False),
    "depth.tif": (tiff(NOT_FINITE), "NaN", False),
    "palette.gif": (saved(COLOURED.quantize(16), "GIF"), "palette resolved", True),
    "colours.png": (saved(COLOURED, "PNG"), "colour turned to grey", True),
    "stack.tif": (
        saved(GREY.rotate(180), "TIFF", save_all=True, append_images=[GREY]),
        "2 pages, the first taken",
        True,
    ),
}


def test_images_that_are_hard_to_read_are_taken_or_refused_with_a_reason(
    upload_page: Page, dataset: Dataset
) -> None:
    page = upload_page
    drop(page, *((name, content) for name, (content, _, _) in HARD_TO_READ.items()))
    page.get_by_role("button", name="Upload and import").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Import: 10 files")
    read_here(page)
    results = page.locator(".results")
    for name, (_, words, is_taken) in HARD_TO_READ.items():
        row = results.get_by_role("row").filter(has_text=name)
        expect(row).to_contain_text("Taken" if is_taken else "Left out")
        expect(row).to_contain_text(words, ignore_case=True)
    assert_it_fits_and_is_accessible(page)
    taken = {image.name for image in dataset.images.all()}
    assert taken == {name for name, (_, _, is_taken) in HARD_TO_READ.items() if is_taken}


@needs_tus
def test_a_refused_file_says_why_and_the_others_stay(
    upload_page: Page, settings: Settings, complaints: list[str]
) -> None:
    page = upload_page
    settings.SEMBLANCE_UPLOAD_MAX_MB = 0
    drop(page, ("big.png", hostile.png()))
    page.get_by_role("button", name="Upload and import").click()
    expect(page.locator(".file-failed")).to_contain_text("one file may have 0 MB", timeout=15_000)
    expect(page.get_by_role("button", name="Try the others again")).to_be_enabled()
    assert_it_fits_and_is_accessible(page)
    assert not Import.objects.exists()
    complaints[:] = [text for text in complaints if "413" not in text]


def test_an_export_is_packed_and_downloaded(
    signed_in: Page,
    live_server: LiveServer,
    upload_page: Page,
    dataset: Dataset,
    curator: User,
    complaints: list[str],
) -> None:
    drop(upload_page, ("a.png", hostile.png(1)))
    upload_page.get_by_role("button", name="Upload and import").click()
    expect(upload_page.get_by_role("heading", level=1)).to_have_text("Import: a.png")
    read_here(upload_page)
    version = version_freeze(dataset=dataset, by=curator)
    page = signed_in
    page.goto(live_server.url + reverse("exchange:export", args=[version.pk]))
    assert_it_fits_and_is_accessible(page)
    page.get_by_role("button", name="Pack original files").click()
    expect(page.get_by_text("Queued")).to_be_visible()
    page.goto("about:blank")
    run_here(Export.objects.get().run)
    page.goto(live_server.url + reverse("exchange:export", args=[version.pk]))
    link = page.get_by_role("link", name="Download ZIP")
    expect(link).to_be_visible(timeout=10_000)
    assert_it_fits_and_is_accessible(page, "exports")
    with page.expect_download() as download:
        link.click()
    assert download.value.suggested_filename == "gold-v1-originals.zip"
    download.value.path()
    # To the browser a download is a page that never came.
    complaints[:] = [text for text in complaints if "/download/" not in text]


def test_published_sets_are_offered(signed_in: Page, live_server: LiveServer) -> None:
    signed_in.goto(live_server.url + reverse("exchange:index"))
    expect(signed_in.get_by_role("heading", name="EMPS")).to_be_visible()
    expect(signed_in.get_by_text("CC BY-NC-ND 4.0")).to_be_visible()
    assert_it_fits_and_is_accessible(signed_in, "published")
