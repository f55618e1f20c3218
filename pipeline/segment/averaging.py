"""Learning rate as a function of the step, and the running mean of the weights."""

from __future__ import annotations

import math
from collections.abc import Mapping

import torch
from torch import Tensor

WARM_UP_PART = 0.1
DECAY = 0.99


def learning_rate(step: int, *, steps: int, highest: float) -> float:
    """Return the rate of a step: up linearly over a tenth of the training, down as a cosine.

    A function of the step alone, so there is nothing to store in a checkpoint.
    """
    warm_up = max(1, round(WARM_UP_PART * steps))
    if step < warm_up:
        return highest * (step + 1) / warm_up
    part = (step - warm_up) / max(1, steps - warm_up)
    return highest * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * part)))


@torch.no_grad()
def update_average(
    average: Mapping[str, Tensor], current: Mapping[str, Tensor], *, step: int
) -> None:
    """Move the mean of the weights towards the current ones, in place.

    In the first steps the mean is short, or it would hold on to the untrained weights.

    Parameters
    ----------
    average, current : mapping of str to Tensor
        State dicts of the same network; counters (integer tensors) are copied.
    step : int
        Steps done before this one.
    """
    decay = min(DECAY, (1 + step) / (10 + step))
    for name, mean in average.items():
        if mean.is_floating_point():
            mean.lerp_(current[name], 1 - decay)
        else:
            mean.copy_(current[name])
