"""Forms made from the stages' specs: refused in place, and their defaults work."""

from dataclasses import replace
from typing import Any

import pytest
from django.forms import MultipleChoiceField
from django.test import Client
from django.urls import reverse

from accounts.models import Role, User
from pipeline import codec
from pipeline.contracts import SPEC_OF
from runs.errors import RunRefused
from runs.forms.launch_form import ASKED_BY, LaunchForm
from runs.forms.stage_form import StageForm
from runs.models import Launch, Run, Status
from runs.presets import PRESETS, steps_of
from runs.services import InputRef, run_start
from runs.stages import INFO
from tests.web.factories import make_dataset, make_image, make_run, make_user, make_version

pytestmark = pytest.mark.django_db


@pytest.fixture
def analyst() -> User:
    return make_user(Role.ANALYST, Role.CURATOR)


def posted(form: StageForm) -> dict[str, object]:
    """What a browser sends when nothing was changed."""
    values = {}
    for name in form.fields:
        value = form[name].value()
        shown = form.fields[name].prepare_value(value)
        if shown is not None and shown is not False and shown not in ("", []):
            values[name] = shown
    return values


@pytest.mark.parametrize("stage", list(INFO))
def test_a_form_shows_every_field_of_its_stage(client: Client, analyst: User, stage: str) -> None:
    client.force_login(analyst)
    page = client.get(reverse("runs:new-stage", args=[stage])).content.decode()
    for info in codec.fields_of(SPEC_OF[stage]):
        if info.name not in {"device", "threads"}:
            assert f'name="{info.name}"' in page, info.name


@pytest.mark.parametrize("stage", list(INFO))
def test_the_defaults_of_a_form_give_the_defaults_of_the_stage(analyst: User, stage: str) -> None:
    for source in ("simulate", "render", "cyclegan-train", "segment-train", "segment-predict"):
        make_run(owner=analyst, stage=source)
    make_version(dataset=make_dataset(owner=analyst))
    blank = StageForm(INFO[stage], analyst)
    data = posted(blank)
    for name in INFO[stage].inputs:
        field: Any = blank.fields[name]
        offered = [one for _, group in field.choices if isinstance(group, list) for one, _ in group]
        data[name] = offered[:1] if isinstance(field, MultipleChoiceField) else offered[0]
    form = StageForm(INFO[stage], analyst, data)
    assert form.is_valid(), form.errors
    run = form.start()
    assert run is not None, form.errors
    for info in codec.fields_of(SPEC_OF[stage]):
        if not info.param.path:
            assert run.spec[info.name] == codec.to_jsonable(info.default), info.name


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("scenes", "0", "greater than or equal to 1"),
        ("particles", "300, 150", "particles"),
        ("particles", "many", "whole numbers"),
        ("particles", "5", "low, high"),
        ("shapes", "sphere, potato", "potato is not one of"),
        ("diameter_nm", "-4, 3", "diameter"),
        ("seed", "-1", "greater than or equal to 0"),
    ],
)
def test_a_wrong_value_is_refused_at_its_field(
    client: Client, analyst: User, field: str, value: str, said: str
) -> None:
    client.force_login(analyst)
    data = posted(StageForm(INFO["simulate"], analyst)) | {field: value}
    answer = client.post(reverse("runs:new-stage", args=["simulate"]), data)
    assert answer.status_code == 422
    form = answer.context["form"]
    assert list(form.errors) == [field]
    assert said.lower() in str(form.errors).lower()
    assert not Run.objects.exists()


def test_a_stage_without_anything_to_read_is_refused_in_place(
    client: Client, analyst: User
) -> None:
    client.force_login(analyst)
    data = posted(StageForm(INFO["render"], analyst))
    answer = client.post(reverse("runs:new-stage", args=["render"]), data)
    assert answer.status_code == 422
    assert "scenes" in answer.context["form"].errors


def test_what_is_not_shared_cannot_be_chosen(client: Client, analyst: User) -> None:
    foreign = make_run(stage="simulate")
    client.force_login(analyst)
    data = posted(StageForm(INFO["render"], analyst)) | {"scenes": f"run:{foreign.pk}"}
    answer = client.post(reverse("runs:new-stage", args=["render"]), data)
    assert answer.status_code == 422


def test_a_run_to_read_is_named_so_that_a_narrow_list_tells_which(
    client: Client, analyst: User
) -> None:
    plain = make_run(owner=analyst, stage="render", name="Render micrographs")
    named = make_run(owner=analyst, stage="render", name="Dark powders")
    client.force_login(analyst)
    page = client.get(reverse("runs:new-stage", args=["segment-train"])).content.decode()
    assert f">Render micrographs (run {plain.pk})<" in page
    assert f">Dark powders (run {named.pk}), Render micrographs<" in page


def test_a_gpu_that_is_not_there_is_told_at_once(client: Client, analyst: User) -> None:
    make_run(owner=analyst, stage="render")
    client.force_login(analyst)
    form = StageForm(INFO["segment-train"], analyst)
    pairs = form.fields["pairs"].choices[0][1][0][0]  # type: ignore[attr-defined]
    data = posted(form) | {"pairs": pairs, "run_device": "cuda"}
    answer = client.post(reverse("runs:new-stage", args=["segment-train"]), data)
    assert answer.status_code == 422
    assert "No worker with a GPU is listening" in str(answer.context["form"].errors["run_device"])


def test_a_dataset_is_frozen_when_a_run_reads_it_as_it_is(client: Client, analyst: User) -> None:
    dataset = make_dataset(owner=analyst)
    make_image(dataset=dataset)
    client.force_login(analyst)
    data = posted(StageForm(INFO["segment-predict"], analyst))
    data["images"] = f"dataset:{dataset.pk}"
    answer = client.post(reverse("runs:new-stage", args=["segment-predict"]), data)
    assert answer.status_code == 302, answer.context["form"].errors
    version = dataset.versions.get()
    assert Run.objects.get().inputs.get().version == version


def test_a_clone_starts_from_the_parameters_of_its_run(client: Client, analyst: User) -> None:
    client.force_login(analyst)
    data = posted(StageForm(INFO["simulate"], analyst)) | {"scenes": "7", "shapes": "cube, cube"}
    client.post(reverse("runs:new-stage", args=["simulate"]), data)
    run = Run.objects.get()
    page = client.get(reverse("runs:new-stage", args=["simulate"]) + f"?like={run.pk}")
    form = page.context["form"]
    assert form["scenes"].value() == 7
    assert 'value="cube, cube"' in page.content.decode()


@pytest.mark.parametrize("preset", ["quick", "physics"])
def test_a_pipeline_starts_all_its_steps_at_once(
    client: Client, analyst: User, preset: str
) -> None:
    version = make_version(dataset=make_dataset(owner=analyst))
    client.force_login(analyst)
    address = reverse("runs:launch-new", args=[preset])
    form = client.get(address).context["form"]
    data = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    data["real"] = f"version:{version.pk}"
    answer = client.post(address, data)
    assert answer.status_code == 302, answer.context["form"].errors
    launch = Launch.objects.get()
    stages = list(launch.runs.order_by("pk").values_list("stage", "status"))
    assert [stage for stage, _ in stages] == [
        "simulate", "render", "segment-train", "segment-predict",
    ]  # fmt: skip
    assert [status for _, status in stages] == [Status.QUEUED, *[Status.WAITING] * 3]
    assert client.get(reverse("runs:launch", args=[launch.pk])).status_code == 200


def test_the_papers_pipeline_needs_real_images(client: Client, analyst: User) -> None:
    client.force_login(analyst)
    address = reverse("runs:launch-new", args=["paper"])
    form = client.get(address).context["form"]
    data = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    answer = client.post(address, data)
    assert answer.status_code == 422
    assert "real" in answer.context["form"].errors


def launch_data(client: Client, preset: str, **changed: Any) -> tuple[str, dict[str, Any]]:
    address = reverse("runs:launch-new", args=[preset])
    form = client.get(address).context["form"]
    data = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    return address, data | changed


@pytest.mark.parametrize("preset", ["quick", "paper"])
def test_a_refused_step_of_a_pipeline_is_told_at_the_field_that_asked_for_it(
    client: Client, analyst: User, preset: str
) -> None:
    version = make_version(dataset=make_dataset(owner=analyst, name="Gold"))
    client.force_login(analyst)
    address, data = launch_data(client, preset, real=f"version:{version.pk}", split="test")
    answer = client.post(address, data)
    assert answer.status_code == 422
    form = answer.context["form"]
    assert list(form.errors) == ["real"]
    said = str(form.errors["real"])
    assert f"{version} has no image for test; choose another part" in said
    page = answer.content.decode()
    assert '<a href="#id_real">Micrographs to measure</a>: ' in page
    assert "particles.images" not in page
    assert "generator.real" not in page
    assert not Launch.objects.exists()


def test_what_a_pipeline_does_not_ask_for_is_told_by_its_names(analyst: User) -> None:
    preset = replace(PRESETS["quick"], plan=replace(PRESETS["quick"].plan, width_px=1))
    form = LaunchForm(preset, analyst)
    form = LaunchForm(preset, analyst, {name: form[name].value() for name in form.fields})
    assert form.is_valid(), form.errors
    assert form.start() is None
    (said,) = form.non_field_errors()
    assert str(said).startswith("Drop particles, Image width: ")
    assert "scenes.width_px" not in str(said)


@pytest.mark.parametrize("key", list(PRESETS))
def test_each_field_of_a_pipeline_hears_of_a_step_that_there_is(key: str, analyst: User) -> None:
    plan = PRESETS[key].plan
    version = make_version(dataset=make_dataset(owner=analyst))
    there = {
        f"{step.key}.{field}"
        for step in steps_of(plan, version=version, with_truth=True)
        for field in (*(step.spec or {}), *(one.field for one in step.inputs))
    }
    of_gan = {name for name in ASKED_BY if name.startswith("generator.")}
    assert set(ASKED_BY) - there == (set() if plan.gan_steps else of_gan)
    assert set(ASKED_BY.values()) <= set(LaunchForm(PRESETS["paper"], analyst).fields)


def test_a_part_that_no_dataset_has_is_refused(analyst: User) -> None:
    version = make_version(dataset=make_dataset(owner=analyst))
    ref = InputRef("images", version=version, split="best")
    with pytest.raises(RunRefused, match="'best' is no part of a dataset; write train, "):
        run_start(owner=analyst, stage="segment-predict", inputs=[ref])
