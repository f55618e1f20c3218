"""What every stage is asked; each stage's own spec adds to it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated, ClassVar

from pipeline import codec
from pipeline.codec import Param
from pipeline.errors import SpecRefused

_DEVICE = re.compile(r"auto|cpu|cuda:\d+")


@dataclass(frozen=True, slots=True, kw_only=True)
class StageSpec:
    """Fields that every stage has."""

    stage: ClassVar[str]

    seed: Annotated[int, Param("All randomness of the stage comes from it.", ge=0, lt=2**63)] = 0
    device: Annotated[str, Param("auto, cpu or cuda:N; auto takes a GPU where there is one.")] = (
        "auto"
    )
    threads: Annotated[
        int, Param("Processor threads; 0 takes all. Same bytes need the same number.", ge=0, le=512)
    ] = 0

    def __post_init__(self) -> None:
        codec.validate(self)
        if not _DEVICE.fullmatch(self.device):
            raise SpecRefused("device", f"{self.device!r} is not auto, cpu or cuda:N")
        self.check()

    def check(self) -> None:
        """Refuse combinations of fields that make no sense; a stage's spec overrides it."""
