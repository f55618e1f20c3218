"""The network over a whole micrograph: overlapping windows, blended by a Gaussian."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import torch
from monai.inferers.utils import sliding_window_inference
from monai.utils.enums import BlendMode

from pipeline import compute
from pipeline.segment.model import STRIDE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pipeline.segment.model import ParticleNet

_OVERLAP = 0.25
# Windows of a step together hold about this many pixels, whatever their side.
_STEP_PX = 1 << 20


@dataclass(frozen=True, slots=True, eq=False)
class Maps:
    """What the network sees: three arrays of shape (H, W), float32, in [0, 1]."""

    foreground: NDArray[np.float32]
    contact: NDArray[np.float32]
    distance: NDArray[np.float32]


@torch.inference_mode()
def infer(
    network: ParticleNet,
    image: NDArray[np.float32],
    *,
    window_px: int,
    precision: Literal["bf16", "fp32"],
    device: torch.device,
) -> Maps:
    """Run the network over an image of any size.

    Parameters
    ----------
    network : ParticleNet
        On `device`, in evaluation mode.
    image : ndarray of shape (H, W), float32
        Scaled by `normalise.to_input`.
    window_px : int
        Side of the windows; smaller images are one window.
    precision : {"bf16", "fp32"}
        Number format of the network's arithmetic.
    device : torch.device
        Where the windows are computed; the whole image stays in main memory.
    """
    height, width = image.shape
    padding = [(0, -side % STRIDE) for side in image.shape]
    padded = np.pad(image, padding, mode="symmetric")
    window = [min(_up(window_px), side) for side in padded.shape]

    def predict(windows: torch.Tensor) -> torch.Tensor:
        windows = windows.contiguous(memory_format=torch.channels_last)
        with compute.autocast(device, precision):
            output: torch.Tensor = network(windows)
        return output.float()

    output = sliding_window_inference(
        torch.from_numpy(padded)[None, None],
        roi_size=window,
        sw_batch_size=max(1, _STEP_PX // (window[0] * window[1])),
        predictor=predict,
        overlap=_OVERLAP,
        mode=BlendMode.GAUSSIAN,
        sw_device=device,
        device="cpu",
    )
    assert isinstance(output, torch.Tensor)  # noqa: S101 - tells the type checker: one output
    maps = output[0, :, :height, :width]
    maps[:2].sigmoid_()
    maps[2].clamp_(0, 1)
    return Maps(*(channel.numpy() for channel in maps))


def _up(side: int) -> int:
    return -(-side // STRIDE) * STRIDE
