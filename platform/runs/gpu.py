"""Whether this machine has a GPU that the pipeline can use, told without loading torch."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

_DRIVER = Path("/proc/driver/nvidia/gpus")


def gpu_name() -> str:
    """The name of the first GPU; empty: there is none."""
    asked = shutil.which("nvidia-smi")
    if asked is not None:
        try:
            done = subprocess.run(
                [asked, "--query-gpu=name", "--format=csv,noheader"],
                capture_output=True,
                text=True,
                timeout=20,
                check=True,
            )
            return done.stdout.strip().split("\n")[0][:60]
        except (OSError, subprocess.SubprocessError):
            pass  # a container may have the driver without its tools
    return "NVIDIA GPU" if _DRIVER.is_dir() and any(_DRIVER.iterdir()) else ""
