import pytest
import torch

from pipeline.translate.cyclegan import losses


@pytest.mark.parametrize(("score", "loss"), [(1.0, 0.0), (0.0, 1.0), (0.5, 0.25), (2.0, 1.0)])
def test_generator_wants_its_images_scored_1(score: float, loss: float) -> None:
    scores = torch.full((2, 1, 3, 3), score)
    assert float(losses.generator_adversarial(scores)) == pytest.approx(loss)


@pytest.mark.parametrize(
    ("real", "generated", "loss"),
    [(1.0, 0.0, 0.0), (0.0, 1.0, 1.0), (0.5, 0.5, 0.25), (1.0, 1.0, 0.5)],
)
def test_discriminator_wants_1_for_real_and_0_for_generated(
    real: float, generated: float, loss: float
) -> None:
    value = losses.discriminator_adversarial(
        torch.full((1, 1, 4, 4), real), torch.full((1, 1, 4, 4), generated)
    )
    assert float(value) == pytest.approx(loss)


def test_squares_are_averaged_over_patches_not_squared_averages() -> None:
    scores = torch.tensor([0.0, 2.0]).reshape(1, 1, 1, 2)
    assert float(losses.generator_adversarial(scores)) == pytest.approx(1.0)


def test_cycle_and_identity_are_mean_absolute_differences() -> None:
    image = torch.tensor([0.0, 0.5, -1.0, 1.0]).reshape(1, 1, 2, 2)
    other = torch.tensor([0.5, 0.5, 1.0, 0.0]).reshape(1, 1, 2, 2)
    assert float(losses.cycle(other, image)) == pytest.approx(3.5 / 4)
    assert float(losses.identity(other, image)) == pytest.approx(3.5 / 4)


def test_losses_of_bfloat16_scores_are_computed_in_float32() -> None:
    scores = torch.full((1, 1, 30, 30), 0.3, dtype=torch.bfloat16)
    value = losses.generator_adversarial(scores)
    assert value.dtype == torch.float32
    assert float(value) == pytest.approx((float(scores[0, 0, 0, 0]) - 1) ** 2, rel=1e-6)


def test_rate_is_full_then_falls_on_a_straight_line_to_0() -> None:
    factors = [losses.learning_rate_factor(step, steps=8, decay_from=0.5) for step in range(9)]
    assert factors == pytest.approx([1, 1, 1, 1, 1, 0.75, 0.5, 0.25, 0])


def test_rate_never_falls_where_decay_begins_at_the_end() -> None:
    factors = {losses.learning_rate_factor(s, steps=10, decay_from=1.0) for s in range(10)}
    assert factors == {1.0}


def test_rate_falls_from_the_first_step_where_decay_begins_at_0() -> None:
    factors = [losses.learning_rate_factor(s, steps=4, decay_from=0.0) for s in range(4)]
    assert factors == pytest.approx([1.0, 0.75, 0.5, 0.25])
