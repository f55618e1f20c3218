"""The CycleGAN's losses and its learning rate.

Networks are named by what they do: the paper's G is `height_to_sem`, its F is `sem_to_height`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

REAL, GENERATED = 1.0, 0.0  # a discriminator's targets


def generator_adversarial(scores: Tensor) -> Tensor:
    """Least-squares loss of a generator whose images got these scores, a scalar.

    Zhu 2017, section 3.1 with the least squares of section 4: E[(D(G(x)) - 1)^2].
    """
    return (scores.float() - REAL).square().mean()


def discriminator_adversarial(on_real: Tensor, on_generated: Tensor) -> Tensor:
    """Least-squares loss of a discriminator, a scalar.

    Zhu 2017, section 4: E[(D(y) - 1)^2] + E[D(G(x))^2], halved to slow it down against the
    generator.
    """
    real = (on_real.float() - REAL).square().mean()
    generated = (on_generated.float() - GENERATED).square().mean()
    return 0.5 * (real + generated)


def cycle(back: Tensor, image: Tensor) -> Tensor:
    """Mean absolute difference of an image and its way there and back (Zhu 2017, eq. 2)."""
    return (back.float() - image).abs().mean()


def identity(translated: Tensor, image: Tensor) -> Tensor:
    """Mean absolute change of an image that already was in the target domain (Zhu 2017, 5.2)."""
    return (translated.float() - image).abs().mean()


def learning_rate_factor(step: int, *, steps: int, decay_from: float) -> float:
    """Return the part of the full learning rate for a step, counted from 0.

    1 for the first `decay_from` of the training, then a straight line that would reach 0 at
    step number `steps` (Zhu 2017, section 7.1: 100 epochs full, 100 epochs of decay).
    """
    start = decay_from * steps
    if step < start:
        return 1.0
    return (steps - step) / (steps - start)
