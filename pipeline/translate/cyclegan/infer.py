"""A trained generator at work on whole images."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import torch

from pipeline import checkpoints, compute
from pipeline.errors import InputRefused
from pipeline.translate.cyclegan.crops import to_grey, to_network
from pipeline.translate.cyclegan.networks import ResnetGenerator

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from pipeline.contracts import CycleGanTrainSpec

NETWORK = "cyclegan-generator"
WEIGHTS = "generator.safetensors"

# Instance norm takes its statistics from what it sees. In tiles an empty one would be stretched
# until its noise looks like particles, and neighbours would differ in brightness. So an image
# goes through whole up to this size (2.5 GB with 64 channels), and larger ones in tiles as large
# as that, blended over a quarter of their width.
WHOLE_PX = 2048 * 2048
TILE_PX = 2048
OVERLAP = 0.25


def translate(
    network: torch.nn.Module,
    image: NDArray[np.float32],
    *,
    device: torch.device,
    precision: Literal["bf16", "fp32"],
) -> NDArray[np.uint8]:
    """Translate one whole image.

    Parameters
    ----------
    network : Module
        A generator.
    image : ndarray of shape (H, W), float32
        Range [0, 1].

    Returns
    -------
    ndarray of shape (H, W), uint8
    """
    with torch.inference_mode(), compute.autocast(device, precision):
        x = to_network(image[None]).to(device)
        whole = image.size <= WHOLE_PX
        grey: NDArray[np.uint8] = to_grey(network(x) if whole else _by_tiles(network, x))[0]
    return grey


def _by_tiles(network: torch.nn.Module, x: torch.Tensor) -> torch.Tensor:
    from monai.inferers.utils import sliding_window_inference

    y = sliding_window_inference(
        x,
        roi_size=(min(TILE_PX, x.shape[2]), min(TILE_PX, x.shape[3])),
        sw_batch_size=1,
        predictor=lambda tile: network(tile).float(),
        overlap=OVERLAP,
        mode="gaussian",
    )
    if not isinstance(y, torch.Tensor):
        raise TypeError(f"a generator returns one image, not {type(y).__name__}")
    return y


def save_generator(
    path: Path, network: torch.nn.Module, spec: CycleGanTrainSpec, *, nm_per_px: float | None
) -> Path:
    """Write the generator with what is needed to build it and to use it rightly."""
    about = {
        "network": NETWORK,
        "from": "height map over its highest point, [0, 1], scaled to [-1, 1]",
        "to": "SEM grey level in [-1, 1]",
        "ngf": spec.ngf,
        "blocks": spec.blocks,
        "crop_px": spec.crop_px,
        "noise_sigma": spec.noise_sigma,
        "nm_per_px": nm_per_px,
        "steps": spec.steps,
        "seed": spec.seed,
    }
    return checkpoints.save_weights(path, network.state_dict(), about=about, half=False)


def load_generator(path: str) -> tuple[ResnetGenerator, dict[str, Any]]:
    """Read a generator from its file or from the folder of its training.

    Raises
    ------
    InputRefused
        There is none, or the file holds something else.
    """
    file = Path(path) / WEIGHTS if Path(path).is_dir() else Path(path)
    tensors, about = checkpoints.load_weights(file, network=NETWORK)
    try:
        network = ResnetGenerator(ngf=int(about["ngf"]), blocks=int(about["blocks"]))
        network.load_state_dict(tensors)
    except (KeyError, ValueError, TypeError, RuntimeError) as error:
        raise InputRefused(
            str(file), "holds other weights than its description says; train it again."
        ) from error
    return network.eval(), about
