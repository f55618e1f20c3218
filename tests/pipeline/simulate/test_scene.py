"""Plans: the same for the same seed, free of overlap, as many and as arranged as asked."""

import dataclasses
from typing import get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial import KDTree

from pipeline.contracts import Arrangement, Shape, SimulateSpec
from pipeline.simulate.scene import SPACING, ScenePlan, closest_approach, plan_scene

ARRANGEMENTS = get_args(Arrangement)
SHAPES = get_args(Shape)


def spec(**fields: object) -> SimulateSpec:
    return dataclasses.replace(SimulateSpec(), **fields)  # type: ignore[arg-type]


def poses(plan: ScenePlan) -> list[tuple[float, ...]]:
    return [(p.diameter_nm, *p.position_nm, *p.rotation) for p in plan.particles]


def test_overlapping_particles_are_found() -> None:
    plan = plan_scene(spec(particles=(30, 30)), 0)
    first, second, *others = plan.particles
    moved = dataclasses.replace(
        second,
        position_nm=(
            first.position_nm[0] + 0.9 * (first.bounding_radius_nm + second.bounding_radius_nm),
            *first.position_nm[1:],
        ),
    )
    broken = dataclasses.replace(plan, particles=(first, moved, *others))
    assert closest_approach(broken) <= 0.9 + 1e-9


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 2**62),
    count=st.integers(1, 120),
    arrangement=st.sampled_from(ARRANGEMENTS),
    shapes=st.sets(st.sampled_from(SHAPES), min_size=1).map(lambda s: tuple(sorted(s))),
    cv=st.floats(0.0, 1.0),
)
def test_levitated_particles_are_clear_of_each_other_and_of_the_holder(
    seed: int, count: int, arrangement: Arrangement, shapes: tuple[Shape, ...], cv: float
) -> None:
    plan = plan_scene(
        spec(
            seed=seed,
            particles=(count, count),
            arrangements=(arrangement,),
            shapes=shapes,
            diameter_cv=cv,
            width_px=96,
            height_px=64,
        ),
        0,
    )
    assert closest_approach(plan) > SPACING - 1e-9
    half = np.array(plan.holder_nm) / 2
    for particle in plan.particles:
        assert particle.position_nm[2] >= SPACING * particle.bounding_radius_nm - 1e-6
        assert (np.abs(particle.position_nm[:2]) < half).all()


@pytest.mark.parametrize("arrangement", ARRANGEMENTS)
@pytest.mark.parametrize("count", [1, 1000])
def test_a_plan_holds_as_many_particles_as_asked(arrangement: Arrangement, count: int) -> None:
    plan = plan_scene(spec(particles=(count, count), arrangements=(arrangement,)), 0)
    assert len(plan.particles) == count
    assert closest_approach(plan) > SPACING - 1e-9


def test_the_number_of_particles_stays_in_the_asked_range() -> None:
    counts = [len(plan_scene(spec(particles=(5, 9)), i).particles) for i in range(40)]
    assert min(counts) == 5
    assert max(counts) == 9


def test_equal_seeds_give_equal_plans_and_others_do_not() -> None:
    asked = spec(seed=4, particles=(20, 20), shapes=SHAPES)
    again = plan_scene(asked, 3)
    assert poses(plan_scene(asked, 3)) == poses(again)
    assert poses(plan_scene(asked, 4)) != poses(again)
    assert poses(plan_scene(dataclasses.replace(asked, seed=5), 3)) != poses(again)


def test_scenes_take_the_arrangements_in_turn() -> None:
    asked = spec(particles=(3, 3), arrangements=("piles", "singles"))
    assert [plan_scene(asked, i).arrangement for i in range(4)] == ["piles", "singles"] * 2


def test_particles_are_dropped_beyond_the_border_of_the_image() -> None:
    plan = plan_scene(spec(particles=(1000, 1000), arrangements=("scattered",)), 0)
    x = np.array([p.position_nm[0] for p in plan.particles])
    half_view = plan.width_px * plan.nm_per_px / 2
    assert half_view < np.abs(x).max() < half_view + 2 * plan.mean_diameter_nm


def test_arrangements_differ_in_how_close_particles_are_dropped() -> None:
    closeness = {}
    for arrangement in ARRANGEMENTS:
        plan = plan_scene(
            spec(particles=(150, 150), arrangements=(arrangement,), diameter_nm=(150.0, 150.0)), 0
        )
        places = np.array([p.position_nm[:2] for p in plan.particles])
        nearest = np.asarray(KDTree(places).query(places, k=[2])[0])
        closeness[arrangement] = float(np.median(nearest)) / plan.mean_diameter_nm
    assert closeness["piles"] < closeness["clusters"] < closeness["scattered"]
    assert closeness["singles"] > 1.5
    assert closeness["scattered"] < closeness["singles"]


def test_particles_share_few_solids() -> None:
    plan = plan_scene(spec(particles=(300, 300), shapes=("grain", "sphere")), 0)
    assert len({id(p.solid) for p in plan.particles}) <= 25
