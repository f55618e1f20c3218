"""The training loss: Dice and cross-entropy for both masks, absolute error for the distance."""

from __future__ import annotations

from typing import NamedTuple

import torch
from monai.losses.dice import DiceLoss
from torch import Tensor
from torch.nn import functional

CONTACT_WEIGHT = 2.0

# Over the whole batch: a crop without particles has no Dice of its own.
_dice = DiceLoss(sigmoid=True, batch=True, smooth_nr=1.0, smooth_dr=1.0)


class Losses(NamedTuple):
    """The parts of the loss, each a tensor without dimensions."""

    foreground: Tensor
    contact: Tensor
    distance: Tensor

    def total(self) -> Tensor:
        """Return the weighted sum that is minimised."""
        return self.foreground + CONTACT_WEIGHT * self.contact + self.distance


def losses(outputs: Tensor, targets: Tensor) -> Losses:
    """Compare the network's outputs with their targets.

    Parameters
    ----------
    outputs : Tensor of shape (N, 3, H, W)
        Logits of foreground and contact, and the distance.
    targets : Tensor of shape (N, 3, H, W), float32
        In the same order, all in [0, 1].
    """
    outputs = outputs.float()
    particles = targets[:, 0]
    error = (outputs[:, 2] - targets[:, 2]).abs()
    # Inside particles the distance makes the seeds; outside it need only be low.
    inside = (error * particles).sum() / particles.sum().clamp(min=1.0)
    return Losses(
        foreground=_mask_loss(outputs[:, :1], targets[:, :1]),
        contact=_mask_loss(outputs[:, 1:2], targets[:, 1:2]),
        distance=inside + error.mean(),
    )


def deep_losses(heads: list[Tensor], targets: Tensor) -> tuple[Tensor, Losses]:
    """Return the loss to minimise over all depths, and the parts of the deepest.

    The deepest output is the one that is used, so the shallower ones together weigh half of it.
    """
    deepest = losses(heads[-1], targets)
    shallow = [losses(head, targets).total() for head in heads[:-1]]
    return deepest.total() + 0.5 * torch.stack(shallow).mean(), deepest


def _mask_loss(logits: Tensor, mask: Tensor) -> Tensor:
    dice: Tensor = _dice(logits, mask)
    return dice + functional.binary_cross_entropy_with_logits(logits, mask)
