"""`semblance`, also `python -m pipeline`."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from pipeline import command_line, contracts
from pipeline.console import reporter
from pipeline.errors import SemblanceError
from pipeline.guardian import guarded
from pipeline.runner import run_stage


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return the exit code: 0 done, 1 failed, 2 refused, 143 stopped."""
    try:
        wanted = command_line.asked(sys.argv[1:] if arguments is None else arguments)
    except SemblanceError as error:
        print(f"semblance: {error}", file=sys.stderr)
        return error.exit_code
    if isinstance(wanted, str):
        print(wanted)
        return 0
    spec, out = wanted
    with reporter() as emit:
        try:
            with guarded():
                run_stage(spec, out, emit=emit)
        except SemblanceError as error:
            emit(contracts.Log(level="error", message=str(error)))
            if not sys.stdout.isatty():
                print(f"semblance: {error}", file=sys.stderr)
            return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
