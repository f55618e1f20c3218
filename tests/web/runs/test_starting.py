"""What may be started, and what is refused with the field that is wrong."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Role, User
from core.access import Visibility
from runs import workspace
from runs.errors import RunRefused
from runs.models import Queue, Run, Status, WorkerPresence
from runs.services import (
    InputRef,
    Step,
    StepRef,
    launch_start,
    run_clone,
    run_resume,
    run_retry,
    run_start,
)
from tests.web.factories import make_dataset, make_image, make_run, make_user, make_version


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"stage": "bake"}, "stage"),
        ({"stage": "simulate", "spec": {"scenes": 0}}, "scenes"),
        ({"stage": "simulate", "spec": {"scene": 3}}, "scene"),
        ({"stage": "simulate", "spec": {"scenes": object()}}, "spec"),
        ({"stage": "simulate", "spec": {"nm_per_px": float("nan")}}, "nm_per_px"),
        ({"stage": "simulate", "device": "tpu"}, "device"),
        ({"stage": "simulate", "seed": -1}, "seed"),
        ({"stage": "render"}, "scenes"),
        ({"stage": "render", "spec": {"scenes": "/etc"}}, "scenes"),
        ({"stage": "segment-predict", "spec": {"images": "../../secret"}}, "images"),
    ],
)
@pytest.mark.django_db
def test_a_refusal_names_the_field(analyst: User, asked: dict[str, Any], field: str) -> None:
    with pytest.raises(RunRefused) as refusal:
        run_start(owner=analyst, **asked)
    assert refusal.value.field == field
    assert not Run.objects.exists()


@pytest.mark.django_db
def test_an_input_must_be_one_that_its_reader_may_see(analyst: User) -> None:
    foreign, version = make_run(stage="simulate"), make_version()
    for ref in [InputRef("scenes", source_run=foreign), InputRef("scenes", version=version)]:
        with pytest.raises(RunRefused, match="not shared with you"):
            run_start(owner=analyst, stage="render", inputs=[ref])
    Run.objects.filter(pk=foreign.pk).update(visibility=Visibility.LAB)
    run_start(owner=analyst, stage="render", inputs=[InputRef("scenes", source_run=foreign)])


@pytest.mark.django_db
def test_an_input_has_one_source_and_a_field_of_one_takes_one(analyst: User) -> None:
    scenes = make_run(stage="simulate", owner=analyst)
    one = InputRef("scenes", source_run=scenes)
    for refs, reason in [
        ([InputRef("scenes")], "needs one source"),
        ([one, one], "takes one input"),
        ([one, InputRef("real", source_run=scenes)], "is not an input"),
        ([InputRef("scenes", source_run=scenes, part="sound")], "neither images nor truth"),
    ]:
        with pytest.raises(RunRefused, match=reason):
            run_start(owner=analyst, stage="render", inputs=refs)


@pytest.mark.django_db
@pytest.mark.parametrize("status", [Status.FAILED, Status.CANCELLED, Status.LOST])
def test_a_run_that_ended_badly_is_no_input(analyst: User, status: Status) -> None:
    scenes = make_run(stage="simulate", owner=analyst, status=status)
    with pytest.raises(RunRefused, match="resume it, or choose another run"):
        run_start(owner=analyst, stage="render", inputs=[InputRef("scenes", source_run=scenes)])


@pytest.mark.django_db
def test_defaults_are_written_out_and_paths_are_not_stored(analyst: User) -> None:
    scenes = make_run(stage="simulate", owner=analyst)
    run = run_start(
        owner=analyst,
        stage="render",
        spec={"variants": 3},
        inputs=[InputRef("scenes", source_run=scenes)],
        seed=7,
    )
    assert run.status == Status.QUEUED
    assert run.queued_at is not None
    assert (run.spec["variants"], run.spec["seed"], run.seed) == (3, 7, 7)
    assert run.spec["blur_px"] == [0.3, 0.95]
    assert "scenes" not in run.spec


@pytest.mark.django_db
def test_a_field_of_many_keeps_the_order_of_its_inputs(analyst: User) -> None:
    first, second = (make_run(stage="render", owner=analyst) for _ in range(2))
    run = run_start(
        owner=analyst,
        stage="segment-train",
        inputs=[
            InputRef("pairs", source_run=second, position=1),
            InputRef("pairs", source_run=first, position=0),
        ],
    )
    assert (
        f'"pairs": [\n  "runs/{first.pk}/out",\n  "runs/{second.pk}/out"\n ]'
        in workspace.prepare(run).read_text()
    )


@pytest.mark.django_db
def test_a_gpu_that_nobody_has_is_refused_with_the_time_on_a_cpu(analyst: User) -> None:
    pairs = [InputRef("pairs", source_run=make_run(owner=analyst))]

    def told(**spec: Any) -> str:
        with pytest.raises(RunRefused, match="Choose the CPU") as refusal:
            run_start(owner=analyst, stage="segment-train", inputs=pairs, device="cuda", spec=spec)
        assert refusal.value.field == "device"
        return refusal.value.reason

    assert "about 7 min" in told(), "700 steps of 0.6 s, and the start"
    assert "about 1 h 10 min" in told(steps=7_000)
    assert "about 28 min" in told(crop_px=512), "four times the pixels"
    assert "about 28 min" in told(features=[32, 64, 128, 256, 512, 32]), "twice as wide"

    ran = {"steps": 1_000, "crop_px": 256, "batch": 4}
    began = timezone.now() - timedelta(hours=1)
    for device, hours in (("cpu", 0.5), ("cuda:0", 0.01)):
        done = make_run(owner=analyst, stage="segment-train", spec=ran, used_device=device)
        Run.objects.filter(pk=done.pk).update(
            started_at=began, ended_at=began + timedelta(hours=hours)
        )
    assert "about 21 min" in told(), "as one took here without a GPU, not as one took with it"


@pytest.mark.django_db
def test_what_a_segmentation_takes_without_a_gpu_goes_with_its_images(analyst: User) -> None:
    dataset = make_dataset(owner=analyst)
    for number in range(40):
        make_image(dataset=dataset, split="test" if number < 30 else "train")
    frozen = make_version(dataset=dataset)
    render = make_run(owner=analyst, stage="render", metrics={"images": 90})

    def told(given: InputRef) -> str:
        with pytest.raises(RunRefused, match="Choose the CPU") as refusal:
            run_start(owner=analyst, stage="segment-predict", inputs=[given], device="cuda")
        return refusal.value.reason

    assert "about 3 min" in told(InputRef("images", version=frozen)), "40 images of 4 s, and 5 s"
    assert "about 2 min" in told(InputRef("images", version=frozen, split="test"))
    assert "about 6 min" in told(InputRef("images", source_run=render))


@pytest.mark.django_db
def test_a_run_of_a_gpu_that_is_gone_is_not_taken_up_again(analyst: User) -> None:
    run = make_run(
        owner=analyst, stage="segment-train", status=Status.FAILED, device="cuda:0", queue=Queue.GPU
    )
    with pytest.raises(RunRefused, match="Choose the CPU"):
        run_resume(run=run, by=analyst)
    run.refresh_from_db()
    assert run.status == Status.FAILED


@pytest.mark.django_db
def test_a_gpu_that_listens_is_taken_where_it_pays(analyst: User, django_now: Any) -> None:
    WorkerPresence.objects.create(
        name="gpu@lab", queues=["gpu"], device="NVIDIA H100", seen_at=django_now
    )
    pairs = [InputRef("pairs", source_run=make_run(owner=analyst))]
    asked = run_start(owner=analyst, stage="segment-train", inputs=pairs, device="cuda")
    assert (asked.queue, asked.device) == (Queue.GPU, "cuda:0")
    assert run_start(owner=analyst, stage="segment-train", inputs=pairs).queue == Queue.GPU
    on_cpu = run_start(owner=analyst, stage="segment-train", inputs=pairs, device="cpu")
    assert (on_cpu.queue, on_cpu.device) == (Queue.CPU, "cpu")
    assert run_start(owner=analyst, stage="simulate").queue == Queue.SIMULATE


@pytest.mark.django_db
def test_few_images_are_segmented_at_once_and_many_in_their_turn(analyst: User) -> None:
    few = make_version(images=2)
    few.dataset.visibility = Visibility.LAB
    few.dataset.save()
    inputs = [InputRef("images", version=few)]
    assert run_start(owner=analyst, stage="segment-predict", inputs=inputs).queue == "interactive"
    few.image_count = 10_000
    assert run_start(owner=analyst, stage="segment-predict", inputs=inputs).queue == Queue.CPU


@pytest.mark.django_db
def test_a_clone_with_edits_differs_in_them_only(analyst: User) -> None:
    scenes = make_run(stage="simulate", owner=analyst)
    first = run_start(
        owner=analyst, stage="render", inputs=[InputRef("scenes", source_run=scenes)], seed=3
    )
    clone = run_clone(run=first, by=analyst, changes={"variants": 2})
    assert clone.cloned_from == first
    assert clone.spec == {**first.spec, "variants": 2}
    assert [row.source_run for row in clone.inputs.all()] == [scenes]
    assert run_retry(run=first, by=analyst).spec == first.spec


@pytest.mark.django_db
def test_a_stranger_cannot_clone_what_they_cannot_see(analyst: User) -> None:
    scenes = make_run(stage="simulate", owner=analyst)
    run = run_start(owner=analyst, stage="render", inputs=[InputRef("scenes", source_run=scenes)])
    with pytest.raises(RunRefused, match="not shared with you"):
        run_retry(run=run, by=make_user(Role.ANALYST))


CHAIN = [
    Step(key="scenes", stage="simulate", spec={"scenes": 2}),
    Step(key="images", stage="render", inputs=[StepRef("scenes", "scenes")]),
    Step(key="network", stage="segment-train", inputs=[StepRef("pairs", "images")]),
]


@pytest.mark.django_db
def test_a_launch_starts_its_first_run_and_the_others_wait(analyst: User) -> None:
    launch = launch_start(owner=analyst, name="Night", preset="render", steps=CHAIN, seed=9)
    runs = list(launch.runs.order_by("pk"))
    assert [run.status for run in runs] == [Status.QUEUED, Status.WAITING, Status.WAITING]
    assert {run.seed for run in runs} == {9}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("step", "field"),
    [
        (Step(key="bad", stage="render"), "bad.scenes"),
        (Step(key="bad", stage="render", inputs=[StepRef("scenes", "later")]), "bad.scenes"),
        (Step(key="bad", stage="simulate", spec={"scenes": -1}), "bad.scenes"),
    ],
)
def test_a_launch_with_one_refused_step_starts_nothing(
    analyst: User, step: Step, field: str
) -> None:
    with pytest.raises(RunRefused) as refusal:
        launch_start(owner=analyst, name="Night", preset="", steps=[*CHAIN, step])
    assert refusal.value.field == field
    assert not Run.objects.exists()


@pytest.mark.django_db
def test_a_name_of_an_input_leads_back_to_its_image() -> None:
    image = make_image(name="TiO2 sample (3)/../x.TIFF")
    name = workspace.input_name(image)
    assert name == f"{image.pk}-x.tiff"
    assert workspace.image_pk(name) == image.pk
    assert workspace.image_pk(f"overlays/{image.pk}-x.png") == image.pk
    assert workspace.image_pk("particles.csv") is None
    assert workspace.image_pk("-x.png") is None
