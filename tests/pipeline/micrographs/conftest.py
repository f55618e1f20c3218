"""A small grey picture with a gradient, so that a wrong scaling or a turned axis shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

if TYPE_CHECKING:
    from numpy.typing import NDArray

HEIGHT_PX, WIDTH_PX = 48, 64


@pytest.fixture
def grey8() -> NDArray[np.uint8]:
    rows, columns = np.mgrid[:HEIGHT_PX, :WIDTH_PX]
    ramp: NDArray[np.uint8] = (rows * 3 + columns).astype(np.uint8)
    return ramp
