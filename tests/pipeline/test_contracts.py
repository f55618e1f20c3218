"""Specs, results and events: refused by name when wrong, the same after a round trip."""

from __future__ import annotations

import dataclasses
import json
import re
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import codec, contracts
from pipeline.contracts import RenderSpec, SimulateSpec, StageSpec
from pipeline.errors import SpecRefused


def spec_text(**fields: Any) -> str:
    return json.dumps({"stage": "simulate", "version": 1, **fields})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (spec_text(sed=1), "sed: unknown field; did you mean seed?"),
        (spec_text(scenes="4"), "scenes: expected integer, got '4'"),
        (spec_text(scenes=True), "scenes: expected integer, got True"),
        (spec_text(scenes=4.0), "scenes: expected integer, got 4.0"),
        (spec_text(seed=None), "seed: expected integer, got None"),
        (spec_text(edges=1), "edges: expected boolean, got 1"),
        (spec_text(scenes=0), "scenes: 0 is below 1"),
        (spec_text(particles=[1, 1001]), "particles[1]: 1001 is above 1000"),
        (spec_text(particles=[9, 3]), "particles: low (9) is above high (3)"),
        (spec_text(particles=[9]), "particles: expected 2 values, got 1"),
        (spec_text(particles=9), "particles: expected a list, got int"),
        (spec_text(shapes=[]), "shapes: needs at least 1 item(s)"),
        (spec_text(shapes=["pyramid"]), "shapes[0]: 'pyramid' is not one of sphere, cube"),
        (spec_text(nm_per_px=float("nan")), "nm_per_px: nan is not a finite number"),
        (spec_text(nm_per_px=float("inf")), "nm_per_px: inf is not a finite number"),
        (spec_text(nm_per_px=0), "nm_per_px: 0.0 is not above 0 nm/px"),
        (spec_text(device="gpu"), "device: 'gpu' is not auto, cpu or cuda:N"),
        ('{"stage": "simulate", "version": 2}', "version: 2 is not 1"),
        ('{"stage": "simulate"}', "version: None is not 1"),
        ('{"stage": "stimulate", "version": 1}', "stage: 'stimulate' is not one of simulate"),
        ('{"stage": ["simulate"], "version": 1}', "stage: ['simulate'] is not one of"),
        ('{"stage": "render", "version": 1}', "scenes: is missing"),
        ('{"stage": "simulate", "version": 1, "seed": 1, "seed": 2}', "seed: is given twice"),
        ("[]", "spec: expected an object, got list"),
        ("{", "spec: is not JSON"),
    ],
)
def test_a_wrong_spec_is_refused_by_the_name_of_its_field(text: str, said: str) -> None:
    with pytest.raises(SpecRefused, match=re.escape(said)):
        contracts.spec_from_json(text)


def test_a_spec_built_in_code_is_held_to_the_same_rules() -> None:
    with pytest.raises(SpecRefused, match="diameter_cv: nan"):
        SimulateSpec(diameter_cv=float("nan"))


def test_a_spec_cannot_be_changed_after_it_was_checked() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        SimulateSpec().seed = 3  # type: ignore[misc]


@given(
    seed=st.integers(0, 2**63 - 1),
    scenes=st.integers(1, 100_000),
    low=st.floats(1, 100),
    extra=st.floats(0, 100),
    edges=st.booleans(),
)
def test_a_spec_survives_json(
    seed: int, scenes: int, low: float, extra: float, edges: bool
) -> None:
    spec = SimulateSpec(seed=seed, scenes=scenes, diameter_nm=(low, low + extra), edges=edges)
    text = contracts.spec_to_json(spec)
    assert contracts.spec_from_json(text) == spec
    assert contracts.spec_to_json(contracts.spec_from_json(text)) == text


def example(spec_class: type[StageSpec]) -> StageSpec:
    required = [info.name for info in codec.fields_of(spec_class) if info.required]
    values: dict[str, Any] = {n: ("x",) if n == "pairs" else "x" for n in required}
    return spec_class(**values)


@pytest.mark.parametrize("spec_class", contracts.SPECS, ids=lambda c: c.stage)
def test_the_schema_of_each_stage_takes_its_defaults_and_refuses_a_stranger(
    spec_class: type[StageSpec],
) -> None:
    schema = contracts.spec_schema(spec_class)
    jsonschema.Draft202012Validator.check_schema(schema)
    data = json.loads(contracts.spec_to_json(example(spec_class)))
    jsonschema.validate(data, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**data, "stranger": 1}, schema)


@pytest.mark.parametrize("spec_class", contracts.SPECS, ids=lambda c: c.stage)
def test_every_field_has_help_for_forms_and_the_command_line(spec_class: type[StageSpec]) -> None:
    for name, node in contracts.spec_schema(spec_class)["properties"].items():
        assert name in ("stage", "version") or node["description"].endswith((".", ")"))


def test_the_schema_carries_units_bounds_and_ranges() -> None:
    diameter = contracts.spec_schema(SimulateSpec)["properties"]["diameter_nm"]
    assert diameter["x-unit"] == "nm"
    assert diameter["x-range"] is True
    assert diameter["prefixItems"][0] == {"type": "number", "exclusiveMinimum": 0, "maximum": 1e6}
    assert contracts.spec_schema(RenderSpec)["required"] == ["stage", "version", "scenes"]


@pytest.mark.parametrize(
    "event",
    [
        contracts.Progress(done=1, total=4, unit="scene", phase="drop", seconds_left=None),
        contracts.Metric(name="loss", value=0.25, step=3),
        contracts.Sample(path="a/b.png", caption="height map", step=0),
        contracts.Log(level="warning", message="two\nlines, ünd so"),
        contracts.Finished(path="result.json", seconds=1.5),
    ],
)
def test_an_event_is_one_line_and_comes_back_equal(event: contracts.Event) -> None:
    line = contracts.event_to_json(event)
    assert "\n" not in line
    assert contracts.event_from_json(line) == event


def test_an_unknown_event_is_refused() -> None:
    with pytest.raises(SpecRefused, match="'party' is not one of progress"):
        contracts.event_from_json('{"event": "party"}')
