"""Reviews and studies in the lineage: told to whom it may be told, down to one particle."""

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Role, User
from catalog.services import version_freeze
from exchange.models import Import, ImportLine
from review.lineage import mask_lineage
from review.models import MaskVersion, Review
from review.models import State as ItemState
from review.services import corrected_dataset, item_decide, review_from_run
from runs.lineage import lineage_of_image, lineage_of_pair, lineage_of_run
from runs.models import Artifact, ImageOrigin, Run, RunInput
from runs.nodes import Branch
from survey.models import State, Study
from tests.web.factories import make_dataset, make_file, make_image, make_pair, make_run, make_user
from tests.web.review.making import discs, make_real_image, predicted_run
from tests.web.survey.makers import make_open

pytestmark = pytest.mark.django_db


def keys(branches: list[Branch]) -> set[str]:
    return {one.node.key for one in branches} | {
        key for one in branches for key in keys(one.branches)
    }


@pytest.fixture
def analyst() -> User:
    return make_user(Role.ANALYST, Role.CURATOR, Role.REVIEWER)


@pytest.fixture
def review(analyst: User) -> Review:
    """Of a network that learnt from artificial images of a drop of seed 41."""
    scenes = make_run(owner=analyst, stage="simulate", seed=41)
    render = make_run(owner=analyst, stage="render", seed=42)
    network = make_run(owner=analyst, stage="segment-train", seed=43)
    Artifact.objects.create(
        run=network, path="weights.safetensors", role="weights", file=make_file()
    )
    RunInput.objects.create(run=render, field="scenes", source_run=scenes)
    RunInput.objects.create(run=network, field="pairs", source_run=render)
    image = make_real_image(discs(), owner=analyst)
    version = version_freeze(dataset=image.dataset, by=analyst)
    run = predicted_run([(image, discs())], owner=analyst)
    RunInput.objects.create(run=run, field="images", version=version)
    RunInput.objects.create(run=run, field="weights", source_run=network)
    Review.objects.filter(run=run).delete()
    made = review_from_run(run=run)
    assert made is not None
    return made


def test_a_review_hangs_on_its_run_and_on_its_images(analyst: User, review: Review) -> None:
    down = lineage_of_run(run=review.run, user=analyst)
    assert f"review:{review.pk}" in keys(down.led_to)
    item = review.items.get()
    assert item.image is not None
    told = lineage_of_image(image=item.image, user=analyst)
    assert f"review-item:{item.pk}" in keys(told.led_to)


def test_a_review_that_is_not_shared_is_not_named(review: Review) -> None:
    Run.objects.filter(pk=review.run_id).update(visibility="lab")
    stranger = make_user(Role.ANALYST)
    assert f"review:{review.pk}" not in keys(lineage_of_run(run=review.run, user=stranger).led_to)


def test_a_particle_is_told_back_to_the_seed_of_the_drop(
    client: Client, analyst: User, review: Review
) -> None:
    client.force_login(analyst)
    mask = review.items.get().head
    assert mask is not None
    address = reverse("runs:lineage-json", args=["mask", mask.pk])
    told: dict[str, Any] = json.loads(client.get(f"{address}?part=1").content)
    assert told["centre"]["kind"] == "particle"
    assert told["centre"]["facts"]["label"] == 1
    assert told["centre"]["facts"]["nm_per_px"] == 2.0
    chain, at = [], told["made_from"]
    while at:
        branch = next((one for one in at if one["how"] == "weights"), at[0])
        chain.append((branch["node"]["kind"], branch["node"]["facts"].get("stage")))
        last = branch["node"]["facts"]
        at = branch["branches"]
    assert chain == [
        ("mask", None),
        ("run", "segment-predict"),
        ("run", "segment-train"),
        ("run", "render"),
        ("run", "simulate"),
    ]
    assert last["seed"] == 41


def test_a_mask_has_a_page_of_its_lineage(client: Client, analyst: User, review: Review) -> None:
    client.force_login(analyst)
    mask = review.items.get().head
    assert mask is not None
    address = reverse("runs:lineage", args=["mask", mask.pk])
    page = client.get(address).content.decode()
    assert "Mask version 1" in page
    assert "seed 41" in page
    assert client.get(f"{address}?part=1").status_code == 200
    assert client.get(f"{address}?part=999").status_code == 404
    client.force_login(make_user(Role.ANALYST))
    assert client.get(address).status_code == 404


def test_the_api_tells_the_same_lineage(client: Client, analyst: User, review: Review) -> None:
    client.force_login(analyst)
    mask = review.items.get().head
    assert mask is not None
    for kind, pk in (("run", review.run_id), ("mask", mask.pk)):
        told = client.get(reverse("api:lineage", args=[kind, pk])).json()
        assert told == client.get(reverse("runs:lineage-json", args=[kind, pk])).json()
    assert client.get(reverse("api:lineage", args=["planet", 1])).status_code == 404
    address = reverse("api:lineage", args=["mask", mask.pk])
    assert client.get(address + "?part=x").status_code == 400
    client.force_login(make_user(Role.ANALYST))
    assert client.get(address).status_code == 404


def test_masks_that_became_ground_truth_are_followed_both_ways(
    analyst: User, review: Review
) -> None:
    item = review.items.get()
    item_decide(item=item, by=analyst, state=ItemState.ACCEPTED)
    assert item.image is not None
    assert item.head is not None
    taught = corrected_dataset(review=review, by=analyst)
    copied = taught.items.get().image
    pairs = make_run(owner=analyst, stage="label-pairs")
    RunInput.objects.create(run=pairs, field="images", version=taught)
    learnt = make_run(owner=analyst, stage="segment-train", seed=44)
    RunInput.objects.create(run=learnt, field="pairs", source_run=pairs)

    after = {f"dataset:{taught.dataset_id}", f"version:{taught.pk}", f"run:{learnt.pk}"}
    mask = f"mask:{item.head_id}"
    told = lineage_of_image(image=item.image, user=analyst)
    assert after | {mask} <= keys(told.led_to)
    assert mask not in keys(told.made_from), "it was there before it was segmented"
    assert after <= keys(lineage_of_run(run=review.run, user=analyst).led_to)
    assert after <= keys(mask_lineage(analyst, item.head.pk, None).led_to)
    assert after <= keys(mask_lineage(analyst, item.head.pk, 1).led_to), "of one particle, too"
    assert mask in keys(lineage_of_image(image=copied, user=analyst).made_from)

    Run.objects.filter(pk=review.run_id).update(visibility="lab")
    stranger = make_user(Role.ANALYST)
    assert not after & keys(lineage_of_run(run=review.run, user=stranger).led_to)


def test_a_mask_that_was_corrected_many_times_is_drawn(
    client: Client, analyst: User, review: Review
) -> None:
    item = review.items.get()
    first = item.head
    assert first is not None
    last = first
    for number in range(first.number + 1, first.number + 41):
        last = MaskVersion.objects.create(
            item=item,
            number=number,
            parent=last,
            labels=first.labels,
            particles=first.particles,
            particle_count=first.particle_count,
            made_by_run=first.made_by_run,
        )
    client.force_login(analyst)
    for mask, kind in ((first, "corrected to"), (last, "corrected from")):
        page = client.get(reverse("runs:lineage", args=["mask", mask.pk])).content.decode()
        assert page.count(kind) == 40


# ---- pairs and uploads ---------------------------------------------------------------------------


def test_an_artificial_image_has_a_lineage_before_it_is_in_any_dataset(
    client: Client, analyst: User
) -> None:
    scenes = make_run(owner=analyst, stage="simulate", seed=41)
    render = make_run(owner=analyst, stage="render", seed=42)
    RunInput.objects.create(run=render, field="scenes", source_run=scenes)
    pair = make_pair(run=render, scene_run=scenes, scene_index=5)
    client.force_login(analyst)
    assert reverse("runs:lineage", args=["pair", pair.pk]) in (
        client.get(reverse("compare:pair", args=[pair.pk])).content.decode()
    )
    page = client.get(reverse("runs:lineage", args=["pair", pair.pk])).content.decode()
    assert "seed 41" in page
    told = client.get(reverse("api:lineage", args=["pair", pair.pk])).json()
    assert told["centre"]["facts"]["scene"] == 5
    assert told["led_to"] == []

    network = make_run(owner=analyst, stage="segment-train")
    RunInput.objects.create(run=network, field="pairs", source_run=render)
    measured = make_run(owner=analyst, stage="segment-predict")
    RunInput.objects.create(run=measured, field="weights", source_run=network)
    image = make_image(dataset=make_dataset(owner=analyst))
    ImageOrigin.objects.create(image=image, run=render, pair=pair)
    frozen = version_freeze(dataset=image.dataset, by=analyst)
    down = lineage_of_pair(pair=pair, user=analyst)
    made = {f"run:{network.pk}", f"run:{measured.pk}"}
    assert made | {f"image:{image.pk}", f"version:{frozen.pk}"} <= keys(down.led_to)
    assert made <= keys(lineage_of_image(image=image, user=analyst).led_to)
    trained = next(one for one in down.led_to if one.node.key == f"run:{network.pk}")
    assert (trained.how, trained.cut) == ("pairs", ""), "opened where it is first shown"
    up = lineage_of_image(image=image, user=analyst)
    assert {f"pair:{pair.pk}", f"run:{render.pk}", f"run:{scenes.pk}"} <= keys(up.made_from)

    stranger = make_user(Role.ANALYST)
    client.force_login(stranger)
    assert client.get(reverse("runs:lineage", args=["pair", pair.pk])).status_code == 404
    seen = lineage_of_image(image=image, user=stranger)
    assert f"pair:{pair.pk}" not in keys(seen.made_from), "its run is not shared"


def test_an_uploaded_image_is_told_back_to_its_file(client: Client, analyst: User) -> None:
    image = make_image(dataset=make_dataset(owner=analyst))
    batch = Import.objects.create(dataset=image.dataset, started_by=analyst, title="2 files")
    line = ImportLine.objects.create(
        batch=batch,
        position=0,
        name="week 3/grains.tif",
        outcome="taken",
        image=image,
        reason="3 pages, the first taken",
    )
    [came_as] = lineage_of_image(image=image, user=analyst).made_from
    assert came_as.node.key == f"upload:{line.pk}"
    assert came_as.node.facts["name"] == "week 3/grains.tif"
    client.force_login(analyst)
    page = client.get(reverse("runs:lineage", args=["image", image.pk])).content.decode()
    assert "File week 3/grains.tif (uploaded files: 2 files)" in page
    assert "3 pages, the first taken" in page


# ---- studies -------------------------------------------------------------------------------------


@pytest.fixture
def study() -> Study:
    """An open study that the whole lab may see, and everything that it shows."""
    study = make_open()
    Study.objects.filter(pk=study.pk).update(visibility="lab")
    Run.objects.update(visibility="lab")
    study.refresh_from_db()
    for stimulus in study.stimuli.filter(image__isnull=False).select_related("image__dataset"):
        assert stimulus.image is not None
        dataset = stimulus.image.dataset
        dataset.visibility = "lab"
        dataset.save()
    return study


def told_of(study: Study, user: User) -> set[str]:
    real = study.stimuli.filter(image__isnull=False).select_related("image").first()
    made = study.stimuli.filter(pair__isnull=False).select_related("pair__run").first()
    assert real is not None and real.image is not None
    assert made is not None and made.pair is not None
    return (
        keys(lineage_of_image(image=real.image, user=user).led_to)
        | keys(lineage_of_run(run=made.pair.run, user=user).led_to)
        | keys(lineage_of_pair(pair=made.pair, user=user).led_to)
    )


def test_an_open_study_is_told_to_nobody_but_its_owner(study: Study) -> None:
    key = f"study:{study.pk}"
    assert key in told_of(study, study.owner)
    assert key not in told_of(study, make_user(Role.ANALYST, Role.ORGANISER))
    assert key not in told_of(study, make_user(is_superuser=True))


def test_a_closed_study_is_told_to_whom_it_is_shared_with(study: Study) -> None:
    Study.objects.filter(pk=study.pk).update(state=State.CLOSED)
    study.refresh_from_db()
    assert f"study:{study.pk}" in told_of(study, make_user(Role.ANALYST))
    Study.objects.filter(pk=study.pk).update(visibility="private")
    assert f"study:{study.pk}" not in told_of(study, make_user(Role.ANALYST))
