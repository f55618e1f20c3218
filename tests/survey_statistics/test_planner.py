"""The planner against the survey method's headline 3 and against its own closed form."""

import json

import pytest

from survey.statistics.expected_power import expected
from survey.statistics.operating import Operating, Share, operating
from survey.statistics.planner import PAPER_DESIGN, PAPER_POPULATION, Plan, plan
from survey.statistics.planner_search import needed, sized
from survey.statistics.simulation import Design, Population
from survey.statistics.stopping import Stopped

GUESSING = Population(d_prime=0)


def halves(kind: int, *, raters: int = 20) -> Design:
    return Design(raters=raters, artificial=kind, real=kind)


def half_width(found: Operating) -> float:
    assert found.half_width90 is not None
    return found.half_width90.value


def test_a_margin_without_chance_is_refused() -> None:
    with pytest.raises(ValueError, match="margin"):
        operating(PAPER_DESIGN, GUESSING, margin=(0.6, 0.7), runs=10, seed=1)


def test_no_study_is_no_simulation() -> None:
    with pytest.raises(ValueError, match="at least one"):
        operating(PAPER_DESIGN, GUESSING, runs=0, seed=1)


def test_a_plan_stops_when_asked() -> None:
    with pytest.raises(Stopped):
        plan(PAPER_DESIGN, GUESSING, seed=1, stop=lambda: True)


@pytest.mark.parametrize(("raters", "expected_half"), [(20, 0.077), (500, 0.067)])
def test_headline_3_half_widths_of_28_images(raters: int, expected_half: float) -> None:
    design = Design(raters=raters, artificial=16, real=12)
    found = half_width(operating(design, GUESSING, runs=150, seed=3))
    assert found == pytest.approx(expected_half, abs=0.004)
    assert expected(design, GUESSING).half_width90 == pytest.approx(found, abs=0.003)


@pytest.mark.parametrize(
    ("kind", "sd_image", "power"), [(150, 0.8, 0.72), (200, 0.8, 0.80), (100, 0.4, 0.74)]
)
def test_headline_3_power_of_equivalence(kind: int, sd_image: float, power: float) -> None:
    population = Population(d_prime=0, sd_image=sd_image)
    found = operating(halves(kind), population, runs=600, seed=5).equivalent
    assert found.value == pytest.approx(power, abs=4 * found.se)
    assert expected(halves(kind), population).equivalent == pytest.approx(power, abs=0.03)


@pytest.mark.parametrize(
    ("design", "population"),
    [
        (PAPER_DESIGN, PAPER_POPULATION),
        (halves(50), Population(d_prime=0.5)),
        (halves(12, raters=5), Population(d_prime=1.0, sd_rater_sensitivity=0.8)),
        (halves(40, raters=10), Population(d_prime=-0.6, criterion=-0.3)),
    ],
)
def test_the_closed_form_agrees_with_the_simulation(design: Design, population: Population) -> None:
    simulated = operating(design, population, runs=1000, seed=11)
    quick = expected(design, population)
    assert quick.accuracy == population.balanced_accuracy
    assert half_width(simulated) == pytest.approx(quick.half_width90, rel=0.04)
    for name in ("distinguishable", "hyper_real", "equivalent"):
        share: Share = getattr(simulated, name)
        assert share.value == pytest.approx(getattr(quick, name), abs=4 * share.se + 0.01)


def test_shares_add_up_and_carry_their_error() -> None:
    found = operating(PAPER_DESIGN, GUESSING, runs=200, seed=1)
    parts = (
        found.distinguishable,
        found.hyper_real,
        found.equivalent,
        found.inconclusive,
        found.undefined,
    )
    assert sum(part.value for part in parts) == pytest.approx(1)
    assert all(part.se > 0 for part in parts)  # none of 200 does not mean never
    assert Share.of(50, 200).se == pytest.approx((0.25 * 0.75 / 200) ** 0.5, rel=0.01)


def test_the_paper_s_design_cannot_conclude_equivalence_and_the_plan_says_so() -> None:
    found = plan(PAPER_DESIGN, PAPER_POPULATION, runs=200, seed=1)
    assert not found.can_conclude_equivalence
    first, second = found.statements
    assert first.startswith("This design cannot conclude equivalence: its 90 % interval")
    assert "More raters do not help" in first
    assert second.startswith("At a balanced accuracy of 0.667, 9")
    assert "“distinguishable”" in second


def test_a_small_difference_is_hardly_noticed_and_the_plan_says_so() -> None:
    found = plan(PAPER_DESIGN, Population(d_prime=0.1), runs=200, seed=1)
    assert found.statements[1].startswith("This design can hardly notice a balanced accuracy of")


def test_a_large_design_can_conclude_equivalence() -> None:
    found = plan(halves(150), GUESSING, runs=200, seed=1)
    assert found.can_conclude_equivalence
    assert (
        "conclude equivalence within 0.45 to 0.55, fewer than the usual 80 %"
        in (found.statements[0])
    )
    assert found.statements[1] == "At a balanced accuracy of 0.500 there is nothing to tell apart."


def test_a_plan_is_plain_data_and_repeats() -> None:
    first, second = (plan(PAPER_DESIGN, PAPER_POPULATION, runs=50, seed=9) for _ in range(2))
    assert first == second
    document = json.loads(json.dumps(first.as_json(), allow_nan=False))
    size = {"raters": 20, "artificial": 16, "real": 12}
    assert document["design"] == {**size, "images_per_rater": None, "pairs": False}
    assert set(document) == set(Plan.__slots__)


def test_progress_is_told_to_the_end() -> None:
    heard: list[tuple[int, int]] = []
    plan(PAPER_DESIGN, GUESSING, runs=30, seed=1, progress=lambda *told: heard.append(told))
    assert heard == [(30, 60), (60, 60)]


def test_images_needed_for_equivalence_are_found() -> None:
    found = needed(halves(50), GUESSING, vary="images", goal="equivalent", runs=300, seed=2)
    assert found.found is not None
    assert 330 <= found.found.images <= 480  # headline 3: 200 + 200 have power .80
    assert len(found.trials) >= 2


def test_no_number_of_raters_makes_up_for_few_images() -> None:
    found = needed(PAPER_DESIGN, GUESSING, vary="raters", goal="equivalent", runs=50, seed=2)
    assert found.found is None
    assert found.reason == "Even 1000 raters give a power of 0.00 only."


def test_raters_needed_to_tell_apart_are_found() -> None:
    found = needed(
        PAPER_DESIGN, PAPER_POPULATION, vary="raters", goal="distinguishable", runs=300, seed=2
    )
    assert found.found is not None
    assert found.found.raters < 20
    assert found.found.images == 28


def test_a_power_of_one_is_refused() -> None:
    with pytest.raises(ValueError, match=r"such as 0\.8"):
        needed(PAPER_DESIGN, GUESSING, vary="raters", goal="equivalent", target=1.0, seed=1)


def test_images_keep_their_mix() -> None:
    assert sized(PAPER_DESIGN, "images", 280) == Design(raters=20, artificial=160, real=120)
    assert sized(PAPER_DESIGN, "images", 4) == Design(raters=20, artificial=2, real=2)
