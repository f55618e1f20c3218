"""A stage that does what its seed says, in no time: `stand_in.py run SPEC OUT`.

It keeps the promises of a real one: it locks OUT, ends when its standard input closes, goes on
where it stopped, and writes result.json last. What it should do stands in SEMBLANCE_STAND_IN.
"""

import hashlib
import json
import os
import sys
import threading
import time
from pathlib import Path

from filelock import FileLock, Timeout


def tell(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def say(**event: object) -> None:
    tell(json.dumps(event))


def watch_parent() -> None:
    while os.read(0, 4096):
        pass
    os._exit(143)


def main() -> int:
    spec_path, out = Path(sys.argv[2]), Path(sys.argv[3])
    wanted = set(os.environ.get("SEMBLANCE_STAND_IN", "").split(","))
    threading.Thread(target=watch_parent, daemon=True).start()
    out.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(out / ".lock", timeout=0):
            return work(json.loads(spec_path.read_text()), out, wanted)
    except Timeout:
        say(event="log", level="error", message="OUT is held by another run")
        return 1


def work(spec: dict[str, object], out: Path, wanted: set[str]) -> int:
    with (out / "starts.txt").open("a") as starts:
        starts.write(f"{os.getpid()}\n")
    tell("Blender 4.5: this line is no event")
    if "malformed" in wanted:
        tell('{"event": "progress", "done": "many"}')
        tell('{"event": "metric", "name": ')
    if "garbage" in wanted:
        tell("x" * 3_000_000)
    if "stubborn" in wanted:
        time.sleep(600)
    for step in range(1, 4):
        say(event="progress", done=step, total=3, unit="steps", phase="work", seconds_left=None)
        say(event="metric", name="loss", value=1 / step, step=step)
    (out / "sample.txt").write_text("sample")
    say(event="sample", path="sample.txt", caption="A sample", step=1)
    say(event="sample", path="../spec.json", caption="Not yours", step=1)
    if "wait" in wanted:
        while not (out.parent / "go").exists():
            time.sleep(0.05)
    if "silent-death" in wanted:
        sys.stderr.write("Segmentation fault (of sorts)\n")
        return 11
    if "fail" in wanted:
        say(event="log", level="error", message="The focus is too low.")
        return 1
    made = out / "made.txt"
    made.write_text(f"made of seed {spec['seed']}")
    many = [out / f"many/{number}.txt" for number in range(800 if "many" in wanted else 0)]
    for path in many:
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"{path.name} of seed {spec['seed']}")
    result = {
        "stage": spec["stage"],
        "version": 1,
        "spec": spec,
        "code_version": "1.2.3",
        "device": "cpu",
        "threads": 2,
        "metrics": {"score": 0.5},
        "warnings": ["One thing is odd."] if "warn" in wanted else [],
        "refused": [{"name": "a.png", "reason": "is empty"}] if "warn" in wanted else [],
        "artifacts": [
            {
                "path": path.relative_to(out).as_posix(),
                "role": "thing",
                "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
                "bytes": path.stat().st_size,
            }
            for path in (made, *many)
        ],
    }
    if "lies" in wanted:
        made.write_text("something else")
    text = json.dumps(result)
    (out / "result.json").write_text(text[:40] if "torn-result" in wanted else text)
    say(event="result", path="result.json", seconds=0.1)
    return 0


if __name__ == "__main__":
    sys.exit(main())
