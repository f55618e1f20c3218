"""Errors whose message is written for the person who started the work."""

from __future__ import annotations


class SemblanceError(Exception):
    """Something the user can act on; the message says what happened and what to do."""

    exit_code = 1


class SpecRefused(SemblanceError):
    """A spec holds something impossible. Raised before any work starts.

    Parameters
    ----------
    field : str
        Dotted name of the offending field, e.g. ``"particles[1]"``.
    reason : str
        What is wrong with it and what would be accepted.
    """

    exit_code = 2

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason


class InputRefused(SemblanceError):
    """One input file or folder cannot be used; a batch goes on with the others.

    Parameters
    ----------
    name : str
        The file or folder as the user knows it.
    reason : str
        What is wrong with it and what would be accepted.
    """

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"{name}: {reason}")
        self.name = name
        self.reason = reason


class OutRefused(SemblanceError):
    """The output folder cannot be used: another run holds it, or it belongs to another spec."""


class StageFailed(SemblanceError):
    """A stage could not finish; what it finished before stays on disk."""


class StageStopped(SemblanceError):
    """The stage was asked to stop (signal, or its parent closed its standard input)."""

    exit_code = 143
