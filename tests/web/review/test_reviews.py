"""A segmentation that has ended becomes a review, once."""

import json
from pathlib import PurePosixPath

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Role
from core.access import Visibility
from core.files import file_open
from review.errors import ReviewRefused
from review.models import Review, State
from review.services import item_decide, review_from_run
from runs.models import Artifact, Status
from runs.signals import run_ended
from runs.workspace import input_name
from tests.web.factories import make_file, make_run, make_user
from tests.web.review.making import discs, first_item, make_real_image, make_review, predicted_run

pytestmark = pytest.mark.django_db


def test_a_run_that_failed_makes_no_review() -> None:
    run = make_run(stage="segment-predict", status=Status.FAILED)
    run_ended.send(sender=None, run=run)
    assert not Review.objects.exists()


def test_a_segmentation_becomes_one_review_however_often_its_end_is_told() -> None:
    owner = make_user(Role.ANALYST)
    images = [
        (make_real_image(labels, owner=owner), labels)
        for labels in (discs(), discs([(30.0, 30.0, 15.0)]))
    ]
    run = predicted_run(images, owner=owner, name="TiO2", visibility=Visibility.LAB)
    for _ in range(2):
        run_ended.send(sender=None, run=run)
    review = Review.objects.get()
    assert (review.title, review.owner, review.visibility) == ("TiO2", owner, Visibility.LAB)
    assert (review.pending_count, review.item_count) == (2, 2)
    item = first_item(review)
    image, labels = images[0]
    assert (item.image, item.view, item.name) == (image, image.view, image.name)
    assert (item.width_px, item.height_px) == (labels.shape[1], labels.shape[0])
    assert item.nm_per_px == pytest.approx(2.0)
    assert item.head is not None
    assert (item.head.number, item.head.author, item.head.particle_count) == (1, None, 4)
    with file_open(item.head.particles) as stream:
        told = json.load(stream)
    assert told["columns"]["label"] == [1, 2, 3, 4]
    assert told["columns"]["excluded"] == ["", "", "", "touches border"]


def test_an_image_with_too_many_particles_to_draw_is_named_on_the_page(client: Client) -> None:
    owner = make_user(Role.ANALYST)
    crowd, few = (make_real_image(discs(), owner=owner, name=name) for name in ("crowd.tif", "few"))
    run = predicted_run([(crowd, discs()), (few, discs([(30.0, 30.0, 15.0)]))], owner=owner)
    stem = PurePosixPath(input_name(crowd)).stem
    run.artifacts.filter(path=f"{stem}.png").update(path=f"{stem}.tif")
    review = review_from_run(run=run)
    assert [item.name for item in review.items.all()] == ["few"]
    client.force_login(owner)
    page = client.get(reverse("review:review", args=[review.pk])).content.decode()
    assert "<strong>crowd.tif</strong> has more than 65,535 particles" in page
    assert reverse("runs:run-artifacts", args=[run.pk]) in page


def test_a_review_of_all_images_names_none_as_left_out(client: Client) -> None:
    review = make_review()
    client.force_login(review.owner)
    page = client.get(reverse("review:review", args=[review.pk])).content.decode()
    assert "65,535" not in page


def test_a_file_named_after_somebody_else_s_image_does_not_show_it() -> None:
    foreign = make_real_image(discs())
    run = predicted_run([(foreign, discs())], owner=make_user(Role.ANALYST))
    item = first_item(review_from_run(run=run))
    assert item.image is None
    assert item.view_is_overlay
    assert item.view_id != foreign.view_id


def test_labels_that_no_browser_reads_are_left_out() -> None:
    run = make_run(stage="segment-predict")
    Artifact.objects.create(run=run, path="1-a.tif", role="labels", file=make_file())
    assert review_from_run(run=run).item_count == 0


def test_decisions_are_counted_and_a_rejection_says_why() -> None:
    review = make_review(labels=[discs(), discs([(30.0, 30.0, 15.0)])])
    item = first_item(review)
    with pytest.raises(ReviewRefused, match="Say why"):
        item_decide(item=item, by=review.owner, state=State.REJECTED)
    with pytest.raises(ReviewRefused, match="accepted, rejected"):
        item_decide(item=item, by=review.owner, state="perhaps")
    item_decide(item=item, by=review.owner, state=State.REJECTED, reason="out of focus")
    item_decide(item=item, by=review.owner, state=State.ACCEPTED)
    item_decide(item=item, by=review.owner, state=State.ACCEPTED)
    review.refresh_from_db()
    assert (review.pending_count, review.accepted_count, review.rejected_count) == (1, 1, 0)
    item.refresh_from_db()
    assert (item.reviewer, item.reason) == (review.owner, "")


def test_a_decision_about_a_mask_that_is_not_the_newest_is_refused() -> None:
    review = make_review()
    item = first_item(review)
    with pytest.raises(ReviewRefused, match="version 1 now, you saw version 3"):
        item_decide(item=item, by=review.owner, state=State.ACCEPTED, seen=3)
    item_decide(item=item, by=review.owner, state=State.ACCEPTED, seen=1)
