"""The CycleGAN's networks: a ResNet generator and a patch discriminator.

References
----------
.. [1] Zhu, Park, Isola, Efros, "Unpaired image-to-image translation using cycle-consistent
   adversarial networks", ICCV 2017, section 7.2 and the authors' published network.
.. [2] Johnson, Alahi, Fei-Fei, "Perceptual losses for real-time style transfer", ECCV 2016.
.. [3] Isola et al., "Image-to-image translation with conditional adversarial networks", 2017.
.. [4] Odena, Dumoulin, Olah, "Deconvolution and checkerboard artifacts", Distill 2016,
   doi 10.23915/distill.00003.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

INIT_STD = 0.02  # reference 1, section 7.2
STRIDE = 4  # the generator halves its input twice


class ResidualBlock(nn.Module):
    """Two 3 x 3 convolutions whose result is added to the input (reference 2)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.change = nn.Sequential(
            _conv(channels, channels, 3),
            *_normed(channels),
            _conv(channels, channels, 3),
            nn.InstanceNorm2d(channels),
        )

    def forward(self, x: Tensor) -> Tensor:
        """Return a tensor of the input's shape (N, C, H, W)."""
        changed: Tensor = self.change(x)
        return x + changed


class ResnetGenerator(nn.Module):
    """One-channel image to one-channel image of the same size, both of range [-1, 1].

    Parameters
    ----------
    ngf : int
        Channels of the first layer.
    blocks : int
        Residual blocks at a quarter of the resolution; the paper has 9.
    """

    def __init__(self, *, ngf: int, blocks: int) -> None:
        super().__init__()
        self.body = nn.Sequential(  # (N, 1, H, W)
            _conv(1, ngf, 7),
            *_normed(ngf),  # (N, ngf, H, W)
            nn.Conv2d(ngf, 2 * ngf, 3, stride=2, padding=1),
            *_normed(2 * ngf),  # (N, 2 ngf, H/2, W/2)
            nn.Conv2d(2 * ngf, 4 * ngf, 3, stride=2, padding=1),
            *_normed(4 * ngf),  # (N, 4 ngf, H/4, W/4)
            *(ResidualBlock(4 * ngf) for _ in range(blocks)),
            *_enlarged(4 * ngf, 2 * ngf),
            *_normed(2 * ngf),  # (N, 2 ngf, H/2, W/2)
            *_enlarged(2 * ngf, ngf),
            *_normed(ngf),  # (N, ngf, H, W)
            _conv(ngf, 1, 7),  # (N, 1, H, W)
            nn.Tanh(),
        )

    def forward(self, x: Tensor) -> Tensor:
        """Translate images of shape (N, 1, H, W), H and W at least 16; any size keeps its size."""
        rows, columns = x.shape[-2:]
        padding = (0, -columns % STRIDE, 0, -rows % STRIDE)
        if any(padding):
            x = functional.pad(x, padding, mode="reflect")
        y: Tensor = self.body(x)
        return y[..., :rows, :columns]


def patch_discriminator(*, ndf: int, layers: int) -> nn.Module:
    """Return a discriminator that scores overlapping patches of a one-channel image.

    Parameters
    ----------
    ndf : int
        Channels of the first layer.
    layers : int
        Layers of stride 2; a score sees 34, 70 or 142 px for 2, 3 or 4 of them (reference 3).

    Returns
    -------
    Module
        (N, 1, H, W) in [-1, 1] to scores of shape (N, 1, H', W'): 1 means real, 0 generated.
    """
    from monai.networks.nets.patchgan_discriminator import PatchDiscriminator

    return _LastOnly(
        PatchDiscriminator(
            spatial_dims=2, in_channels=1, channels=ndf, num_layers_d=layers, norm="INSTANCE"
        )
    )


class _LastOnly(nn.Module):
    """MONAI's discriminator returns every layer's output; only the scores are wanted."""

    def __init__(self, inner: nn.Module) -> None:
        super().__init__()
        self.inner = inner

    def forward(self, x: Tensor) -> Tensor:
        scores: Tensor = self.inner(x)[-1]
        return scores


def init_weights(network: nn.Module, random: torch.Generator) -> None:
    """Draw all convolutions' weights from N(0, 0.02) with a generator of our own; biases are 0."""
    for module in network.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.normal_(module.weight, 0.0, INIT_STD, generator=random)
            if module.bias is not None:
                nn.init.zeros_(module.bias)


def _conv(inputs: int, outputs: int, kernel: int) -> nn.Conv2d:
    return nn.Conv2d(inputs, outputs, kernel, padding=kernel // 2, padding_mode="reflect")


def _enlarged(inputs: int, outputs: int) -> tuple[nn.Module, nn.Module]:
    # The published network has transposed convolutions. In the few steps that a CPU takes they
    # leave a chequered pattern on every particle; reference 4 cures it with as many weights.
    return nn.Upsample(scale_factor=2, mode="nearest"), _conv(inputs, outputs, 3)


def _normed(channels: int) -> tuple[nn.Module, nn.Module]:
    # Its statistics are accumulated in float32 also where autocast hands it bfloat16 (tested).
    return nn.InstanceNorm2d(channels), nn.ReLU()
