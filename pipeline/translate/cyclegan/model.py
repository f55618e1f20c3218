"""The four networks of the CycleGAN with their optimisers, and one step of their training."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from pipeline import compute
from pipeline.contracts import CycleGanTrainSpec
from pipeline.translate.cyclegan import losses
from pipeline.translate.cyclegan.history import ImageHistory
from pipeline.translate.cyclegan.networks import (
    ResnetGenerator,
    init_weights,
    patch_discriminator,
)

BETAS = (0.5, 0.999)  # Adam's, Zhu 2017, section 7.1
CURVES = (
    "generator_adversarial",  # both generators
    "cycle",
    "identity",
    "judge_sem",  # losses of the discriminators
    "judge_height",
    "score_on_generated",  # of the SEM discriminator: 1 is real, 0 generated
    "score_on_real",
    "learning_rate",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Translated:
    """What the generators make of a batch; each of shape (N, 1, crop, crop)."""

    sem: Tensor
    sem_same: Tensor
    sem_back: Tensor
    height: Tensor
    height_same: Tensor
    height_back: Tensor


class CycleGan:
    """Two generators, two discriminators and everything that their training carries along.

    Parameters
    ----------
    spec : CycleGanTrainSpec
        Sizes, weights, rates.
    device : torch.device
        Where the networks live.
    """

    def __init__(self, spec: CycleGanTrainSpec, device: torch.device) -> None:
        self.spec = spec
        self.device = device
        self.networks = nn.ModuleDict(
            {
                "height_to_sem": ResnetGenerator(ngf=spec.ngf, blocks=spec.blocks),
                "sem_to_height": ResnetGenerator(ngf=spec.ngf, blocks=spec.blocks),
                "judge_sem": _judge(spec),
                "judge_height": _judge(spec),
            }
        )
        for number, network in enumerate(self.networks.values()):
            init_weights(network, compute.generator(spec.seed, 1, number))
        self.networks.to(device)
        self.optimisers = {
            "generators": self._adam("height_to_sem", "sem_to_height"),
            "judges": self._adam("judge_sem", "judge_height"),
        }
        self.histories = {
            name: ImageHistory(spec.history, np.random.default_rng((spec.seed, 2, number)))
            for number, name in enumerate(("sem", "height"))
        }

    @property
    def height_to_sem(self) -> nn.Module:
        """The generator that the pipeline is after."""
        return self.networks["height_to_sem"]

    @property
    def sem_to_height(self) -> nn.Module:
        """The generator of the way back."""
        return self.networks["sem_to_height"]

    def train_step(self, height: Tensor, sem: Tensor, *, step: int) -> dict[str, float]:
        """Train all networks on one unpaired batch.

        Parameters
        ----------
        height, sem : Tensor of shape (N, 1, crop, crop)
            Height maps with their noise, and real images, in [-1, 1].
        step : int
            Position in the training, counted from 0; sets the learning rate.

        Returns
        -------
        dict of str to float
            A value for each name in `CURVES`.
        """
        rate = self._set_rate(step)
        height, sem = height.to(self.device), sem.to(self.device)
        with compute.autocast(self.device, self.spec.precision):
            made = self._translate(height, sem)
            generators = self._train_generators(made, height, sem)
            judges = self._train_judges(made, height, sem)
        return {name: float(value) for name, value in (generators | judges).items()} | {
            "learning_rate": rate
        }

    def _translate(self, height: Tensor, sem: Tensor) -> _Translated:
        # Translation and identity share a pass: instance norm keeps the images of a batch apart,
        # so the result is that of two passes, and small crops cost much less this way.
        made_sem, same_sem = self.height_to_sem(torch.cat([height, sem])).chunk(2)
        made_height, same_height = self.sem_to_height(torch.cat([sem, height])).chunk(2)
        return _Translated(
            sem=made_sem,
            sem_same=same_sem,
            sem_back=self.height_to_sem(made_height),
            height=made_height,
            height_same=same_height,
            height_back=self.sem_to_height(made_sem),
        )

    def _train_generators(
        self, made: _Translated, height: Tensor, sem: Tensor
    ) -> dict[str, Tensor]:
        self._judges_learn(False)
        on_sem = self.networks["judge_sem"](made.sem)
        on_height = self.networks["judge_height"](made.height)
        adversarial = losses.generator_adversarial(on_sem)
        adversarial = adversarial + losses.generator_adversarial(on_height)
        cycle = losses.cycle(made.height_back, height) + losses.cycle(made.sem_back, sem)
        same = losses.identity(made.sem_same, sem) + losses.identity(made.height_same, height)
        # Zhu 2017, eq. 3 with the identity term of section 5.2.
        weight = self.spec.cycle_weight
        self._update(
            "generators", adversarial + weight * (cycle + self.spec.identity_weight * same)
        )
        return {
            "generator_adversarial": adversarial.detach(),
            "cycle": cycle.detach(),
            "identity": same.detach(),
            "score_on_generated": on_sem.detach().float().mean(),
        }

    def _train_judges(self, made: _Translated, height: Tensor, sem: Tensor) -> dict[str, Tensor]:
        self._judges_learn(True)
        on_real = self.networks["judge_sem"](sem)
        on_generated = self.networks["judge_sem"](self.histories["sem"].shown_for(made.sem))
        sem_loss = losses.discriminator_adversarial(on_real, on_generated)
        on_height = self.networks["judge_height"](height)
        on_made = self.networks["judge_height"](self.histories["height"].shown_for(made.height))
        height_loss = losses.discriminator_adversarial(on_height, on_made)
        self._update("judges", sem_loss + height_loss)
        return {
            "judge_sem": sem_loss.detach(),
            "judge_height": height_loss.detach(),
            "score_on_real": on_real.detach().float().mean(),
        }

    def _judges_learn(self, learn: bool) -> None:
        for name in ("judge_sem", "judge_height"):
            self.networks[name].requires_grad_(learn)

    def _update(self, optimiser: str, loss: Tensor) -> None:
        self.optimisers[optimiser].zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        self.optimisers[optimiser].step()

    def _adam(self, *names: str) -> torch.optim.Adam:
        parameters = [p for name in names for p in self.networks[name].parameters()]
        return torch.optim.Adam(parameters, lr=self.spec.learning_rate, betas=BETAS)

    def _set_rate(self, step: int) -> float:
        """Set the learning rate, which is a function of the position alone."""
        factor = losses.learning_rate_factor(
            step, steps=self.spec.steps, decay_from=self.spec.decay_from
        )
        for optimiser in self.optimisers.values():
            for group in optimiser.param_groups:
                group["lr"] = self.spec.learning_rate * factor
        return self.spec.learning_rate * factor

    def state_dict(self) -> dict[str, Any]:
        """Return networks, optimisers (with their rate) and histories for a checkpoint."""
        return {
            "networks": self.networks.state_dict(),
            "optimisers": {name: o.state_dict() for name, o in self.optimisers.items()},
            "histories": {name: h.state_dict() for name, h in self.histories.items()},
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Take over what `state_dict` returned."""
        self.networks.load_state_dict(state["networks"])
        for name, optimiser in self.optimisers.items():
            optimiser.load_state_dict(state["optimisers"][name])
        for name, history in self.histories.items():
            history.load_state_dict(state["histories"][name], self.device)


def _judge(spec: CycleGanTrainSpec) -> nn.Module:
    return patch_discriminator(ndf=spec.ndf, layers=spec.discriminator_layers)
