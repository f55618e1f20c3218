"""Telling what a stage does: JSON lines for programs, a progress display for people."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn

from pipeline import contracts
from pipeline.contracts import Event

Emit = Callable[[Event], None]


@contextmanager
def reporter() -> Iterator[Emit]:
    """Give a function that tells events: JSON lines, or a display where stdout is a terminal."""
    with _display() if sys.stdout.isatty() else _json_lines() as emit:
        yield emit


@contextmanager
def _json_lines() -> Iterator[Emit]:
    # Native libraries print to file descriptor 1 as they please; the events get a descriptor of
    # their own and everything else goes to standard error, so that each line is whole JSON.
    sys.stdout.flush()
    events = os.dup(1)
    os.dup2(2, 1)

    def emit(event: Event) -> None:
        os.write(events, contracts.event_to_json(event).encode() + b"\n")

    try:
        yield emit
    finally:
        sys.stdout.flush()
        os.dup2(events, 1)
        os.close(events)


@contextmanager
def _display() -> Iterator[Emit]:
    console = Console(highlight=False)
    bar = Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[left]}"),
        console=console,
    )
    tasks: dict[str, contracts.Progress] = {}
    ids = {}

    def emit(event: Event) -> None:
        if isinstance(event, contracts.Progress):
            if event.phase not in tasks:
                ids[event.phase] = bar.add_task(event.phase, total=event.total, left="")
            tasks[event.phase] = event
            left = "" if event.seconds_left is None else _duration(event.seconds_left) + " left"
            bar.update(ids[event.phase], completed=event.done, total=event.total, left=left)
        elif isinstance(event, contracts.Log):
            colour = {"info": "default", "warning": "yellow", "error": "red"}[event.level]
            console.print(event.message, style=colour, markup=False)
        elif isinstance(event, contracts.Finished):
            console.print(f"Done in {_duration(event.seconds)}.", style="green")

    with bar:
        yield emit


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02d} s" if minutes else f"{rest} s"
