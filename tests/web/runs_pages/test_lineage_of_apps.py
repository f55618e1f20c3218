"""Reviews and studies in the lineage: told to whom it may be told, down to one particle."""

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Role, User
from catalog.services import version_freeze
from review.models import Review
from review.services import review_from_run
from runs.lineage import lineage_of_image, lineage_of_run
from runs.models import Artifact, Run, RunInput
from runs.nodes import Branch
from survey.models import State, Study
from tests.web.factories import make_file, make_run, make_user
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
    found = lineage_of_image(image=real.image, user=user).led_to
    return keys(found) | keys(lineage_of_run(run=made.pair.run, user=user).led_to)


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
