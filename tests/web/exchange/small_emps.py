"""The pipeline with another list of EMPS: the published one names images that no test may hold.

Started instead of `python -m pipeline`; SEMBLANCE_SMALL_EMPS names the list, in the form of
`pipeline/emps.json`.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

from pipeline import __main__, datasets


def listed() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(Path(os.environ["SEMBLANCE_SMALL_EMPS"]).read_text())
    return found


if __name__ == "__main__":
    datasets._listed = listed
    sys.exit(__main__.main())
