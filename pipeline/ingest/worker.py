"""The child process that decodes: it may run out of memory or time without harm to the batch.

Started by `pipeline.ingest.crew` as ``python -m pipeline.ingest.worker``. What it has done lies in
files, so that another one goes on where it ended, whatever ended it.
"""

from __future__ import annotations

import argparse
import errno
import resource
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline import codec, contracts, files
from pipeline.contracts import IngestRefusal, IngestSpec
from pipeline.errors import StageStopped
from pipeline.guardian import die_with_parent, guarded
from pipeline.ingest.plan import Plan, Task
from pipeline.ingest.refused import Refused

PLAN, RECORDS = "plan.json", "records"
TASK, ERRNO = "task", "errno"  # what a line on standard output tells
_FAILED = 1
_MB = 1_000_000


def record_path(out: Path, number: int) -> Path:
    """Return where the record of a task lies."""
    return out / RECORDS / f"{number:05d}.json"


def main() -> int:
    """Do what the command line names, within the limits of the spec."""
    die_with_parent()
    parser = argparse.ArgumentParser()
    parser.add_argument("job", choices=("images", "zip", "coco"))
    parser.add_argument("--spec", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--step", type=int, default=1)
    parser.add_argument("--file", type=Path)
    parser.add_argument("--name", default="")
    parser.add_argument("--folder", default="")
    asked = parser.parse_args()
    spec = contracts.spec_from_json(asked.spec.read_text())
    if not isinstance(spec, IngestSpec):
        raise TypeError(f"{spec.stage} is not ingest")
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        with guarded():
            if asked.job == "images":
                _take_images(spec, asked.out, first=asked.first, step=asked.step)
            else:
                _open_one(spec, asked)
    except StageStopped as stopped:
        return stopped.exit_code
    except OSError as error:  # what decoders raise was caught: this is a full disk or the like
        print(ERRNO, error.errno or errno.EIO, flush=True)  # noqa: T201
        return _FAILED
    return 0


def _take_images(spec: IngestSpec, out: Path, *, first: int, step: int) -> None:
    import cv2  # most of a second: guarded already

    from pipeline.ingest.images import take
    from pipeline.ingest.records import Record

    text = (out / PLAN).read_text()
    plan = codec.from_jsonable(Plan, codec.parse_json(text, source=PLAN))
    if any(task.truth for task in plan.tasks):
        import pipeline.measure  # noqa: F401 - loaded before memory is short
    _limit_memory(spec)
    for task in plan.tasks[first::step]:
        target = record_path(out, task.number)
        if not target.exists():
            print(TASK, task.number, flush=True)  # noqa: T201 - should it end us
            with _limited_time(spec.image_limit_s):
                try:
                    record = take(task, spec, out)
                except (MemoryError, cv2.error):
                    record = Record(image=None, refused=(_too_large(task, spec),))
            files.write_json(target, record)


def _too_large(task: Task, spec: IngestSpec) -> IngestRefusal:
    reason = f"needs more than the {spec.memory_mb:,} MB that an image may take; scale it down."
    return Refused(task.image.name, "memory", reason).noted()


def _open_one(spec: IngestSpec, asked: argparse.Namespace) -> None:
    from pipeline.ingest.coco_files import read_coco
    from pipeline.ingest.zips import unpack

    _limit_memory(spec)
    with _limited_time(spec.archive_limit_s):
        where = {"name": asked.name, "out": asked.out, "folder": asked.folder}
        if asked.job == "zip":
            files.write_json(
                asked.out / f"{asked.folder}.json", unpack(asked.file, limits=spec, **where)
            )
        else:
            files.write_json(asked.out / f"{asked.folder}.json", read_coco(asked.file, **where))


def _limit_memory(spec: IngestSpec) -> None:
    """Let the address space grow by what the spec allows, from where loading has brought it."""
    pages = int(Path("/proc/self/statm").read_text().split()[0]) if sys.platform == "linux" else 0
    limit = pages * resource.getpagesize() + spec.memory_mb * _MB
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


@contextmanager
def _limited_time(seconds: int) -> Iterator[None]:
    """Let the kernel end us with SIGXCPU when the work takes longer, even inside a decoder."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    until = int(used.ru_utime + used.ru_stime) + seconds + 1
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (until, hard))
    yield


if __name__ == "__main__":
    sys.exit(main())
