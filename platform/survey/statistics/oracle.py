"""One check of this installation against a published or exact value."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from survey.statistics.undefined import Undefined

Value = float | str


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """Expected beside obtained. `passed` is None where the check could not be run."""

    number: int  # in section C of the survey method
    what: str
    expected: tuple[Value, ...]
    obtained: tuple[Value, ...]
    tolerances: tuple[float, ...]  # of each value; half of the last digit that was published
    passed: bool | None
    source: str
    note: str = ""


def check(
    number: int,
    what: str,
    expected: str | tuple[str, ...],
    compute: Callable[[], object],
    *,
    source: str,
    tolerance: float | None = None,
    note: str = "",
) -> Check:
    """Compute and compare; an error of the computation is a failed check and is told.

    `expected` : numbers as they were published, parted by blanks, each to half of its last digit
    unless `tolerance` says otherwise; or words, as a tuple.
    """
    words = tuple(expected.split()) if isinstance(expected, str) else expected
    wanted = tuple(_read(word) for word in words)
    tolerances = tuple(_half_digit(word) if tolerance is None else tolerance for word in words)
    try:
        obtained = _values(compute())
    except Exception as error:  # noqa: BLE001 - a broken installation is what this looks for
        obtained = ()
        note = f"{type(error).__name__}: {error}"
    passed = len(obtained) == len(wanted) and all(
        _same(*three) for three in zip(obtained, wanted, tolerances, strict=True)
    )
    return Check(
        number=number,
        what=what,
        expected=wanted,
        obtained=obtained,
        tolerances=tolerances,
        passed=passed,
        source=source,
        note=note,
    )


def not_run(number: int, what: str, why: str) -> Check:
    """Stand for a check whose data are not there."""
    return Check(
        number=number,
        what=what,
        expected=(),
        obtained=(),
        tolerances=(),
        passed=None,
        source="",
        note=why,
    )


def _read(word: str) -> Value:
    try:
        return float(word)
    except ValueError:
        return word


def _half_digit(word: str) -> float:
    """Of "0.7434" it is 0.00005; whole numbers and words are exact."""
    decimals = len(word.partition(".")[2])
    return 0.5 * 10.0**-decimals if decimals and not word[-1].isalpha() else 0.0


def _values(found: object) -> tuple[Value, ...]:
    if isinstance(found, Undefined):
        return (str(found),)
    if isinstance(found, str):
        return (found,)
    if isinstance(found, int | float):
        return (float(found),)
    if isinstance(found, Sequence):
        return tuple(value for part in found for value in _values(part))
    raise TypeError(f"{type(found).__name__} is no figure")


def _same(obtained: Value, expected: Value, tolerance: float) -> bool:
    if isinstance(obtained, str) or isinstance(expected, str):
        return obtained == expected
    # A published digit is rounded: half of it is allowed, and what floats cannot hold exactly.
    return abs(obtained - expected) <= tolerance * (1 + 1e-6)
