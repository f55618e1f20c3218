"""Run the quickstart and keep its record, which the pages show."""

import signal
from argparse import ArgumentParser
from pathlib import Path
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from filelock import FileLock, Timeout

from core.quickstart import places
from core.quickstart.launcher import Launcher


class Command(BaseCommand):
    help = "Run the quickstart on real micrographs; its page and report show what it does."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--images", type=Path, help="folder of real micrographs")
        parser.add_argument("--truth", type=Path, help="folder of their masks")

    def handle(self, *args: Any, **options: Any) -> None:
        for name in ("images", "truth"):
            if options[name] is not None and not options[name].is_dir():
                raise CommandError(f"--{name}: {options[name]} is not a folder.")
        signal.signal(signal.SIGTERM, _interrupt)
        places.home().mkdir(parents=True, exist_ok=True)
        try:
            with FileLock(places.home() / ".lock", timeout=0):
                ended = Launcher().run(images=options["images"], truth=options["truth"])
        except Timeout:
            raise CommandError("A quickstart runs already; its page shows how far it is.") from None
        if ended.status == "failed":
            raise CommandError(ended.problem)


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
