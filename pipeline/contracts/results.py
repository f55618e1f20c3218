"""What a stage answers: `result.json`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Artifact:
    """A file that a stage made; `path` is relative to the output folder."""

    path: str
    role: str
    sha256: str
    bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """An input that was left out, and why."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StageResult:
    """`result.json`: what a stage made. It holds no times, so equal work has equal bytes."""

    stage: str
    version: int
    spec: dict[str, Any]
    code_version: str
    device: str
    threads: int
    metrics: dict[str, float]
    warnings: tuple[str, ...]
    refused: tuple[Refusal, ...]
    artifacts: tuple[Artifact, ...]
