"""Checkpoints that a training resumes from to the same bits, and weights for those who use it."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save

from pipeline import files
from pipeline.errors import InputRefused

CHECKPOINT = "checkpoint.pt"
_HEADER = "semblance"


def save_checkpoint(out: Path, state: Mapping[str, Any]) -> None:
    """Write `OUT/checkpoint.pt` whole or not at all."""
    stream = io.BytesIO()
    torch.save(dict(state), stream)
    files.write_bytes(out / CHECKPOINT, stream.getvalue())


def load_checkpoint(out: Path) -> dict[str, Any] | None:
    """Read `OUT/checkpoint.pt`, or return None where there is none yet."""
    path = out / CHECKPOINT
    if not path.exists():
        return None
    state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    return state


def weights_hash(state: Mapping[str, torch.Tensor]) -> str:
    """Return the SHA-256 over names and bits of all tensors of a state dict."""
    digest = hashlib.sha256()
    for name in sorted(state):
        tensor = state[name].detach().cpu().contiguous().reshape(-1)
        digest.update(name.encode())
        digest.update(tensor.view(torch.uint8).numpy().tobytes())
    return digest.hexdigest()


def save_weights(
    path: Path, state: Mapping[str, torch.Tensor], *, about: Mapping[str, Any], half: bool
) -> Path:
    """Write weights as safetensors with a description that rebuilds the network.

    Parameters
    ----------
    path : Path
        File to write.
    state : mapping of str to Tensor
        The network's state dict.
    about : mapping
        JSON-ready description; must hold ``"network"``, the kind of network.
    half : bool
        Store floating-point tensors as float16.
    """
    tensors = {}
    for name, value in state.items():
        small = half and value.is_floating_point()
        tensors[name] = (value.half() if small else value).detach().cpu().contiguous()
    header = {_HEADER: json.dumps(about, sort_keys=True)}
    return files.write_bytes(path, save(tensors, metadata=header))


def load_weights(path: Path, *, network: str) -> tuple[dict[str, torch.Tensor], dict[str, Any]]:
    """Read weights (as float32) and their description.

    Raises
    ------
    InputRefused
        The file is missing, is not safetensors, or holds another kind of network.
    """
    if not path.is_file():
        raise InputRefused(str(path), "there is no such weights file.")
    try:
        with safe_open(path, framework="pt") as source:
            header = (source.metadata() or {}).get(_HEADER)
            about: dict[str, Any] = json.loads(header) if header else {}
            tensors = {name: source.get_tensor(name) for name in source.keys()}  # noqa: SIM118
    except (SafetensorError, json.JSONDecodeError) as error:
        raise InputRefused(
            str(path), f"is not a weights file ({error}); use a .safetensors that Semblance wrote."
        ) from None
    if about.get("network") != network:
        raise InputRefused(
            str(path), f"holds {about.get('network', 'unknown')!r} weights, not {network!r}."
        )
    return {k: v.float() if v.is_floating_point() else v for k, v in tensors.items()}, about
