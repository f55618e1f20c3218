"""Accepted masks become ground truth; comparisons are offered with what may be seen."""

import json

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Role
from catalog.models import Image
from catalog.services import version_freeze
from core.access import Visibility
from core.files import file_open
from review.errors import ReviewRefused
from review.models import Comparison, Progress, State
from review.selectors import rivals_of
from review.services import (
    comparison_start,
    corrected_dataset,
    item_decide,
    review_from_run,
    segmentation_start,
)
from runs import workspace
from runs.local import run_here
from runs.models import RunInput
from runs.services import InputRef, run_start
from tests.web.factories import make_run, make_user
from tests.web.review.making import (
    discs,
    first_item,
    make_real_image,
    make_review,
    png,
    predicted_run,
)

pytestmark = pytest.mark.django_db


def test_without_an_accepted_image_there_is_no_dataset() -> None:
    review = make_review()
    with pytest.raises(ReviewRefused, match="No image of it is accepted yet"):
        corrected_dataset(review=review, by=review.owner)


def test_accepted_masks_become_the_truth_of_a_frozen_dataset_of_their_own() -> None:
    review = make_review(labels=[discs(), discs([(30.0, 30.0, 15.0)])])
    item = first_item(review)
    item_decide(item=item, by=review.owner, state=State.ACCEPTED)
    version = corrected_dataset(review=review, by=review.owner)
    again = corrected_dataset(review=review, by=review.owner)
    assert version.image_count == 1
    image = Image.objects.get(dataset=version.dataset)
    assert item.head is not None
    assert item.image is not None
    assert (image.truth, image.file, image.nm_per_px) == (item.head.labels, item.image.file, 2.0)
    item.image.refresh_from_db()
    assert item.image.truth is None, "what was reviewed stays as it was"
    assert again.dataset.name == f"{version.dataset.name} (2)"
    kept = version.items.get()
    assert kept.truth == item.head.labels


def test_other_masks_are_offered_only_to_whom_they_are_shown() -> None:
    review = make_review(visibility=Visibility.LAB)
    item = first_item(review)
    assert rivals_of(item=item, user=review.owner) == []
    Image.objects.filter(pk=item.image_id or 0).update(truth=png(discs()))
    item.refresh_from_db()
    assert item.image is not None
    other = review_from_run(
        run=predicted_run([(item.image, discs())], owner=review.owner, name="Another network")
    )
    seen = rivals_of(item=item, user=review.owner)
    assert [rival.name for rival in seen] == [
        "The manual mask",
        "Another network, version 1, as the network found it",
    ]
    stranger = make_user(Role.REVIEWER)
    assert rivals_of(item=item, user=stranger) == [], "the dataset and the review are private"
    other.visibility = Visibility.LAB
    other.save()
    assert len(rivals_of(item=item, user=stranger)) == 1


def test_a_comparison_keeps_what_the_stage_found(client: Client) -> None:
    review = make_review()
    item = first_item(review)
    assert item.head is not None
    with pytest.raises(ReviewRefused, match="Choose one mask"):
        comparison_start(item=item, first=item.head, by=review.owner)
    with pytest.raises(ReviewRefused, match="the same mask"):
        comparison_start(item=item, first=item.head, second=item.head, by=review.owner)
    comparison = comparison_start(item=item, first=item.head, truth=png(discs()), by=review.owner)
    assert comparison.run is not None
    run_here(comparison.run)
    comparison.refresh_from_db()
    assert comparison.progress == Progress.DONE
    assert comparison.matches is not None
    with file_open(comparison.matches) as stream:
        told = json.load(stream)
    assert (told["figures"]["f1"], told["differences"]) == (1.0, [])
    client.force_login(review.owner)
    page = client.get(reverse("review:comparison", args=[comparison.pk]))
    assert "Manual mask" in page.content.decode()


def test_a_mask_of_a_network_that_was_trained_on_the_image_is_said_to_be_remembered(
    client: Client,
) -> None:
    review = make_review()
    item = first_item(review)
    assert item.head is not None
    assert item.image is not None
    comparison = comparison_start(item=item, first=item.head, truth=png(discs()), by=review.owner)
    assert comparison.run is not None
    run_here(comparison.run)
    client.force_login(review.owner)
    address = reverse("review:comparison", args=[comparison.pk])
    warning = "was trained on this image, or on one that looks the same"
    assert warning not in client.get(address).content.decode()

    pairs = make_run(owner=review.owner, stage="label-pairs")
    version = version_freeze(dataset=item.image.dataset, by=review.owner)
    RunInput.objects.create(run=pairs, field="images", version=version)
    network = make_run(owner=review.owner, stage="segment-train")
    RunInput.objects.create(run=network, field="pairs", source_run=pairs)
    RunInput.objects.create(run=item.head.made_by_run, field="weights", source_run=network)
    assert warning in client.get(address).content.decode()


def test_a_comparison_with_a_mask_that_is_not_offered_is_refused(client: Client) -> None:
    review = make_review()
    item = first_item(review)
    foreign = first_item(make_review())
    client.force_login(review.owner)
    url = reverse("review:compare", args=[item.pk])
    for wanted in ("truth", str(foreign.head_id), "", "x"):
        answer = client.post(url, {"with": wanted}, follow=True)
        assert "Choose a mask from the list" in answer.content.decode()
    assert not Comparison.objects.exists()


def test_one_image_is_segmented_before_what_others_wait_for() -> None:
    image = make_real_image(discs())
    run = segmentation_start(image=image, by=image.dataset.owner)
    assert (run.queue, run.spec["nm_per_px"]) == ("interactive", 2.0)
    given = run.inputs.get()
    assert given.file_set is not None
    assert [one.name for one in given.file_set.items.all()] == [f"{image.pk}-{image.name}"]


def test_a_network_can_be_trained_on_accepted_masks() -> None:
    review = make_review(labels=[discs(), discs([(30.0, 30.0, 15.0)])])
    for item in review.items.all():
        item_decide(item=item, by=review.owner, state=State.ACCEPTED)
    version = corrected_dataset(review=review, by=review.owner)
    run = run_start(
        owner=review.owner,
        stage="label-pairs",
        inputs=[
            InputRef("images", version=version),
            InputRef("truth", version=version, part="truth"),
        ],
    )
    assert run_here(run).status == "succeeded", run.problem
    assert run.metrics["images"] == 2
    train = run_start(
        owner=review.owner, stage="segment-train", inputs=[InputRef("pairs", source_run=run)]
    )
    spec = json.loads(workspace.prepare(train).read_text())
    pairs = workspace.root() / spec["pairs"][0] / "pairs.json"
    assert len(json.loads(pairs.read_text())["pairs"]) == 2
