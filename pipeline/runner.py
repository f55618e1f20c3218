"""Runs one stage: output folder, lock, events, result, and a clean end whatever happens."""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from pipeline import __version__, codec, contracts, files
from pipeline.contracts import Artifact, Event, Refusal, StageResult, StageSpec
from pipeline.errors import InputRefused, OutRefused, StageFailed
from pipeline.stages import function_of

LOCK, SPEC, RESULT = ".lock", "spec.json", "result.json"
_DISK_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class StageContext:
    """What a stage is given besides its spec: where to write, and how to tell.

    Attributes
    ----------
    out : Path
        The output folder, locked for this stage.
    threads : int
        Processor threads to use.
    device : str
        The device in use; stages that compute on a GPU set it (`pipeline.compute`).
    metrics : dict of str to float
        Figures for the result.
    """

    def __init__(self, out: Path, *, threads: int, emit: Callable[[Event], None]) -> None:
        self.out = out
        self.threads = threads
        self.device = "cpu"
        self.metrics: dict[str, float] = {}
        self.emit = emit
        self._warnings: list[str] = []
        self._refused: list[Refusal] = []
        self._artifacts: list[tuple[Path, str]] = []
        self._clock: dict[str, tuple[float, int]] = {}

    def progress(self, done: int, total: int, *, unit: str, phase: str) -> None:
        """Tell that `done` of `total` units are done; time left comes from this phase's pace."""
        now = time.monotonic()
        started, first = self._clock.setdefault(phase, (now, done))
        left = None
        if done > first:
            left = round((now - started) / (done - first) * (total - done), 1)
        self.emit(
            contracts.Progress(done=done, total=total, unit=unit, phase=phase, seconds_left=left)
        )

    def metric(self, name: str, value: float, *, step: int) -> None:
        """Tell one value of a curve."""
        self.emit(contracts.Metric(name=name, value=float(value), step=step))

    def sample(self, path: Path, caption: str, *, step: int = 0) -> None:
        """Show an image that was written below the output folder."""
        name = path.relative_to(self.out).as_posix()
        self.emit(contracts.Sample(path=name, caption=caption, step=step))

    def log(self, message: str) -> None:
        """Tell people something."""
        self.emit(contracts.Log(level="info", message=message))

    def warn(self, message: str) -> None:
        """Tell people something that they should know when they use the result."""
        self._warnings.append(message)
        self.emit(contracts.Log(level="warning", message=message))

    def refuse(self, name: str, reason: str) -> None:
        """Tell that one input was left out, and go on."""
        self._refused.append(Refusal(name=name, reason=reason))
        self.emit(contracts.Log(level="warning", message=f"{name} left out: {reason}"))

    def artifact(self, path: Path, role: str) -> None:
        """Note a file below the output folder as one of the stage's outputs."""
        self._artifacts.append((path, role))

    def result(self, spec: StageSpec) -> StageResult:
        """Return what the stage has told so far as its result."""
        return StageResult(
            stage=spec.stage,
            version=contracts.VERSION,
            spec=codec.to_jsonable(spec),
            code_version=__version__,
            device=self.device,
            threads=self.threads,
            metrics=self.metrics,
            warnings=tuple(self._warnings),
            refused=tuple(self._refused),
            artifacts=tuple(
                Artifact(
                    path=path.relative_to(self.out).as_posix(),
                    role=role,
                    sha256=files.sha256_of(path),
                    bytes=path.stat().st_size,
                )
                for path, role in self._artifacts
            ),
        )


def run_stage(spec: StageSpec, out: Path, *, emit: Callable[[Event], None]) -> StageResult:
    """Run a stage into `out`, resume it there, or return its result if it has already ended.

    Parameters
    ----------
    spec : StageSpec
        What to do.
    out : Path
        Output folder; made if missing. It must be empty or hold a run of the same spec.
    emit : callable
        Takes each event.

    Raises
    ------
    OutRefused
        The folder is held by another run, or holds something else.
    StageFailed
        The work could not be finished, e.g. the disk is full.
    """
    started = time.monotonic()
    with _disk_errors(out), _held(out):
        done = _finished(spec, out)
        if done is None:
            threads = spec.threads or len(os.sched_getaffinity(0))
            # Read by OpenMP, MKL and OpenBLAS when they are first loaded, so set before.
            os.environ["OMP_NUM_THREADS"] = str(threads)
            context = StageContext(out, threads=threads, emit=emit)
            function_of(spec)(spec, context)
            done = context.result(spec)
            files.write_json(out / RESULT, done)
        else:
            emit(contracts.Log(level="info", message=f"{out} already holds this run, finished."))
    seconds = round(time.monotonic() - started, 2)
    emit(contracts.Finished(path=RESULT, seconds=seconds))
    return done


def read_result(out: Path) -> StageResult:
    """Read the result of a stage that has ended."""
    path = out / RESULT
    return codec.from_jsonable(StageResult, codec.parse_json(path.read_text(), source=str(path)))


@contextmanager
def _held(out: Path) -> Iterator[None]:
    try:
        out.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError):
        raise OutRefused(f"{out} is a file; name a folder for the output.") from None
    try:
        # The kernel frees the lock when the process ends, however it ends.
        with FileLock(out / LOCK, timeout=0):
            yield
    except Timeout:
        raise OutRefused(
            f"{out} is held by another run; wait for it, stop it, or name another folder."
        ) from None


def _finished(spec: StageSpec, out: Path) -> StageResult | None:
    """Claim the folder for `spec`; return its result if the work is already done."""
    asked = contracts.spec_to_json(spec)
    path = out / SPEC
    if not path.exists():
        others = [entry.name for entry in out.iterdir() if entry.name != LOCK]
        if others:
            raise OutRefused(
                f"{out} holds other files ({', '.join(sorted(others)[:3])}); "
                "name an empty folder, so that nothing of yours is overwritten."
            )
        files.write_text(path, asked)
        return None
    if path.read_text() != asked:
        raise OutRefused(f"{out} holds a run with another spec; name another folder.")
    if not (out / RESULT).exists():
        return None
    result = read_result(out)
    whole = all((out / a.path).is_file() for a in result.artifacts)
    return result if whole else None


@contextmanager
def _disk_errors(out: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in _DISK_FULL:
            raise StageFailed(
                f"The disk that holds {out} is full. Free some space and start the same command "
                "again; it goes on where it stopped."
            ) from error
        if error.errno in (errno.EACCES, errno.EROFS, errno.EPERM):
            name = error.filename or out
            raise StageFailed(f"{name} may not be read or written: {error.strerror}.") from error
        raise


def require_folder(path: str, *, what: str) -> Path:
    """Return an input folder as a Path, or refuse it by name."""
    folder = Path(path)
    if not folder.is_dir():
        raise InputRefused(path, f"is not a folder; name the folder with the {what}.")
    return folder


Emit = Callable[[Event], None]
Stage = Callable[[Any, StageContext], None]
