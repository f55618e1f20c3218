"""Values to start from, ranges, waiting, estimates, files as ZIP."""

import io
import zipfile

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role, User
from pipeline import codec
from pipeline.contracts import SPEC_OF
from runs.archive import zip_stream
from runs.estimates import plan_seconds, seconds_left
from runs.forms.groups import GROUPS
from runs.forms.starts import STARTS
from runs.labels import label_of, words
from runs.models import Artifact, Queue, Run, RunInput, Status, WorkerPresence
from runs.presets import PRESETS
from runs.specs import checked_spec, path_fields
from runs.waiting import why_waiting
from tests.web.factories import make_file, make_run, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def analyst(client: Client) -> User:
    user = make_user(Role.ANALYST)
    client.force_login(user)
    return user


@pytest.mark.parametrize(
    ("stage", "key"), [(stage, one.key) for stage, ones in STARTS.items() for one in ones]
)
def test_values_to_start_from_are_ones_that_the_stage_takes(stage: str, key: str) -> None:
    [start] = [one for one in STARTS[stage] if one.key == key]
    needed = [name for name, field in path_fields(stage).items() if field.required]
    checked_spec(stage, start.spec, needed)


@pytest.mark.parametrize("stage", list(GROUPS))
def test_groups_name_fields_that_there_are(stage: str) -> None:
    known = {info.name for info in codec.fields_of(SPEC_OF[stage])}
    assert {name for _, names in GROUPS[stage] for name in names} <= known


def test_a_form_starts_from_the_chosen_values(client: Client, analyst: User) -> None:
    page = client.get(reverse("runs:new-stage", args=["simulate"]) + "?start=spheres")
    form = page.context["form"]
    assert form["diameter_nm"].value() == ["250", "450"]
    assert form.more_is_open  # the spread of diameters is folded away otherwise
    assert 'aria-current="true">Silica spheres' in page.content.decode()


def test_a_range_is_two_boxes_that_keep_what_was_typed(client: Client, analyst: User) -> None:
    address = reverse("runs:new-stage", args=["simulate"])
    page = client.post(address, {"diameter_nm": ["400", "abc"]}).content.decode()
    assert 'id="id_diameter_nm_low" value="400"' in page
    assert 'id="id_diameter_nm_high" value="abc"' in page
    assert "Write two numbers: low, high." in page


def test_a_range_that_falls_is_refused_at_its_field(client: Client, analyst: User) -> None:
    answer = client.post(
        reverse("runs:new-stage", args=["simulate"]), {"diameter_nm": ["400", "200"]}
    )
    said = answer.context["form"].errors["diameter_nm"]
    assert said == ["The first number must not be above the second."]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("validation_f1", "Validation F1"),
        ("train/loss", "Train: loss"),
        ("iou", "IoU"),
        ("peak_mb", "Peak MB"),
    ],
)
def test_metrics_are_read_aloud(name: str, said: str) -> None:
    assert words(name) == said


def test_a_parameter_is_named_without_its_unit() -> None:
    assert label_of("streak_length_px") == "Streak length"
    assert label_of("nm_per_px") == "Pixel size"


# ---- waiting -------------------------------------------------------------------------------------


def test_a_queue_that_nobody_hears_is_told_with_what_to_do(client: Client, analyst: User) -> None:
    run = make_run(owner=analyst, status=Status.QUEUED, queue=Queue.GPU)
    page = client.get(reverse("runs:run", args=[run.pk])).content.decode()
    assert "No worker listens on the queue GPU" in page
    assert "manage.py worker --queues gpu" in page


def test_a_queued_run_says_how_many_are_before_it(analyst: User) -> None:
    WorkerPresence.objects.create(name="a", queues=[Queue.CPU], seen_at=timezone.now())
    make_run(owner=analyst, status=Status.RUNNING)
    for _ in range(2):
        make_run(owner=analyst, status=Status.QUEUED)
    waiting = why_waiting(make_run(owner=analyst, status=Status.QUEUED))
    assert waiting is not None
    assert waiting.text == "1 run in work and 2 queued before it, for the worker of this queue."
    assert not waiting.nobody


def test_a_worker_of_several_queues_is_busy_for_all_of_them(analyst: User) -> None:
    """`make run` has one worker for what takes long: a training holds up a simulation."""
    both = [Queue.CPU, Queue.SIMULATE]
    WorkerPresence.objects.create(name="long", queues=both, seen_at=timezone.now())
    WorkerPresence.objects.create(name="quick", queues=[Queue.INTERACTIVE], seen_at=timezone.now())
    make_run(owner=analyst, status=Status.RUNNING, queue=Queue.CPU)
    make_run(owner=analyst, status=Status.RUNNING, queue=Queue.INTERACTIVE)
    run = make_run(owner=analyst, status=Status.QUEUED, queue=Queue.SIMULATE)
    waiting = why_waiting(run)
    assert waiting is not None
    assert waiting.text == "1 run in work, for the worker of this queue."
    # A second one has nothing to do: it is the one that takes it.
    WorkerPresence.objects.create(name="more", queues=both, seen_at=timezone.now())
    free = why_waiting(run)
    assert free is not None
    assert free.text == "A worker is about to take it."


def test_a_waiting_run_names_what_it_waits_for(analyst: User) -> None:
    source = make_run(owner=analyst, status=Status.RUNNING, name="Drop particles")
    run = make_run(owner=analyst, status=Status.WAITING)
    RunInput.objects.create(run=run, field="scenes", source_run=source)
    waiting = why_waiting(run)
    assert waiting is not None
    assert "Drop particles" in waiting.text


def test_a_run_that_ended_waits_for_nothing(analyst: User) -> None:
    assert why_waiting(make_run(owner=analyst, status=Status.FAILED)) is None


# ---- live ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("tab", "again"), [("overview", True), ("metrics", False)])
def test_only_a_page_that_nobody_looks_into_is_loaded_again_at_the_end(
    client: Client, analyst: User, tab: str, again: bool
) -> None:
    run = make_run(owner=analyst, status=Status.SUCCEEDED)
    address = reverse("runs:live", args=[run.pk]) + f"?tab={tab}"
    answer = client.get(address, headers={"HX-Request": "true"})
    assert ("HX-Refresh" in answer.headers) == again


# ---- time ----------------------------------------------------------------------------------------


def test_a_longer_pipeline_is_thought_to_take_longer() -> None:
    quick, physics = (plan_seconds(PRESETS[key].plan) for key in ("quick", "physics"))
    assert 60 < quick < physics


def test_what_is_done_of_a_launch_takes_no_more_time(analyst: User) -> None:
    done = make_run(owner=analyst, stage="simulate", spec={"scenes": 10})
    todo = make_run(
        owner=analyst, stage="segment-train", status=Status.WAITING, spec={"steps": 100}
    )
    assert seconds_left([done]) is None
    assert seconds_left([done, todo]) == seconds_left([todo])


# ---- files ---------------------------------------------------------------------------------------


def test_all_files_of_a_run_come_as_one_zip_in_pieces(client: Client, analyst: User) -> None:
    run = make_run(owner=analyst)
    for number in range(3):
        path = f"images/{number}.png"
        Artifact.objects.create(run=run, path=path, role="image", file=make_file())
    pieces = list(zip_stream(run))
    assert len(pieces) > 3
    with zipfile.ZipFile(io.BytesIO(b"".join(pieces))) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == [f"run-{run.pk}/images/{n}.png" for n in range(3)]
    page = client.get(reverse("runs:run-artifacts", args=[run.pk])).content.decode()
    assert "Download all as ZIP" in page
    assert "in all" in page


def test_the_clone_of_a_run_shows_what_was_changed_before(client: Client, analyst: User) -> None:
    fields = codec.fields_of(SPEC_OF["simulate"])
    spec = {one.name: codec.to_jsonable(one.default) for one in fields}
    run: Run = make_run(owner=analyst, stage="simulate", spec=spec | {"fall_limit_s": 3.0})
    address = reverse("runs:new-stage", args=["simulate"])
    assert client.get(f"{address}?like={run.pk}").context["form"].more_is_open
    plain = make_run(owner=analyst, stage="simulate", spec=spec)
    assert not client.get(f"{address}?like={plain.pk}").context["form"].more_is_open
