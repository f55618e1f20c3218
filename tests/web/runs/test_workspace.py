"""What a stage finds in its input folders."""

import json
from pathlib import Path

import pytest

from accounts.models import User
from core.files import bytes_store
from core.models import FileSet, FileSetItem
from runs import workspace
from runs.models import Artifact, Run, Status
from runs.services import InputRef, run_start
from tests.web.factories import (
    make_dataset,
    make_file,
    make_image,
    make_pair,
    make_run,
    make_version,
    png_bytes,
)


def folder(run: Run, field: str) -> Path:
    spec = json.loads(workspace.prepare(run).read_text())
    assert not Path(spec[field]).is_absolute()
    return workspace.root() / str(spec[field])


def names(path: Path) -> list[str]:
    return sorted(entry.name for entry in path.iterdir())


@pytest.mark.django_db
def test_images_of_a_version_are_named_by_their_keys_with_what_people_know(analyst: User) -> None:
    dataset = make_dataset(owner=analyst)
    scaled = make_image(dataset=dataset, name="a b.PNG", nm_per_px=2.5, data_bar_row=10)
    plain = make_image(dataset=dataset, name="c.png")
    make_image(dataset=dataset, name="out.png", excluded_reason="blurred")
    version = make_version(dataset=dataset)
    run = run_start(
        owner=analyst, stage="segment-predict", inputs=[InputRef("images", version=version)]
    )
    images = folder(run, "images")
    assert names(images) == [
        f"{scaled.pk}-a-b.png",
        f"{plain.pk}-c.png",
        "micrographs.json",
    ]
    assert json.loads((images / "micrographs.json").read_text()) == {
        f"{scaled.pk}-a-b.png": {"data_bar_row": 10, "nm_per_px": 2.5}
    }
    assert folder(run, "images") == images, "made once"


@pytest.mark.django_db
def test_a_split_and_its_truth_are_folders_of_their_own(analyst: User) -> None:
    dataset = make_dataset(owner=analyst)
    kept = make_image(dataset=dataset, split="test", truth=make_file(bits=16), name="x.tif")
    make_image(dataset=dataset, split="train", truth=make_file(bits=16))
    make_image(dataset=dataset, split="test")
    version = make_version(dataset=dataset)
    predictions = make_run(owner=analyst, stage="segment-predict")
    run = run_start(
        owner=analyst,
        stage="evaluate",
        inputs=[
            InputRef("predictions", source_run=predictions),
            InputRef("truth", version=version, part="truth", split="test"),
        ],
    )
    assert names(folder(run, "truth")) == [f"{kept.pk}-x.png"]


@pytest.mark.django_db
def test_files_of_a_set_keep_their_names(analyst: User) -> None:
    files = FileSet.objects.create()
    for name in ("b.png", "sub/a.png"):
        FileSetItem.objects.create(file_set=files, name=name, file=bytes_store(png_bytes()))
    run = run_start(
        owner=analyst, stage="segment-predict", inputs=[InputRef("images", file_set=files)]
    )
    found = folder(run, "images")
    assert (found / "sub" / "a.png").is_file()
    assert (found / "b.png").is_file()


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["../evil.png", "/tmp/evil.png", "a/../../evil.png"])
def test_a_name_that_leads_out_of_the_folder_is_refused(analyst: User, name: str) -> None:
    files = FileSet.objects.create()
    FileSetItem.objects.create(file_set=files, name=name, file=bytes_store(b"x"))
    run = run_start(
        owner=analyst, stage="segment-predict", inputs=[InputRef("images", file_set=files)]
    )
    with pytest.raises(ValueError, match="leads out of its folder"):
        workspace.prepare(run)


@pytest.mark.django_db
def test_artificial_images_can_be_segmented_and_compared_with_their_true_labels(
    analyst: User,
) -> None:
    images = make_run(owner=analyst, stage="render", status=Status.SUCCEEDED)
    pair = make_pair(run=images)
    Artifact.objects.create(run=images, path="images/00000-0.png", role="image", file=pair.image)
    predict = run_start(
        owner=analyst, stage="segment-predict", inputs=[InputRef("images", source_run=images)]
    )
    assert names(folder(predict, "images")) == ["00000-0.png"]
    compare = run_start(
        owner=analyst,
        stage="evaluate",
        inputs=[
            InputRef("predictions", source_run=make_run(owner=analyst, stage="segment-predict")),
            InputRef("truth", source_run=images, part="truth"),
        ],
    )
    truth = folder(compare, "truth")
    assert names(truth) == ["00000-0.png"]
    assert (truth / "00000-0.png").stat().st_size == pair.labels.size_bytes
