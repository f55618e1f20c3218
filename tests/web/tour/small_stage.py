"""The pipeline with less to do: `small_stage.py run SPEC OUT`, in place of `python -m pipeline`.

Every stage is the real one, Blender and training with it; there is only less of everything. A
tour through an installation of its own would take minutes otherwise.
"""

import json
import os
import sys
from pathlib import Path

SMALLER = {
    "simulate": {"scenes": 3, "particles": [4, 8], "width_px": 192, "height_px": 144},
    "render": {"variants": 1},
    "segment-train": {"steps": 2},
}


def main() -> None:
    command, spec, out = sys.argv[1:]
    asked = json.loads(Path(spec).read_text())
    smaller = Path(spec).with_name("smaller.json")
    smaller.write_text(json.dumps(asked | SMALLER.get(asked["stage"], {})))
    arguments = [sys.executable, "-m", "pipeline", command, str(smaller), out]
    os.execv(sys.executable, arguments)


if __name__ == "__main__":
    main()
