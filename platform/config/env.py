"""Readers of the environment: a bad value stops the start, by name."""

import os
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off"}


def env_str(name: str, default: str) -> str:
    return os.environ.get(name, "").strip() or default


def env_bool(name: str, default: bool) -> bool:
    value = env_str(name, "").lower()
    if not value:
        return default
    if value in _TRUE | _FALSE:
        return value in _TRUE
    raise ImproperlyConfigured(f"{name} is {value!r}; write true or false.")


def env_int(name: str, default: int, *, at_least: int, at_most: int) -> int:
    value = env_str(name, str(default))
    try:
        number = int(value)
    except ValueError:
        raise ImproperlyConfigured(f"{name} is {value!r}; write a whole number.") from None
    if not at_least <= number <= at_most:
        raise ImproperlyConfigured(f"{name} is {number}; it goes from {at_least} to {at_most}.")
    return number


def env_list(name: str, default: list[str]) -> list[str]:
    values = [part.strip() for part in env_str(name, "").split(",")]
    return [value for value in values if value] or default


def env_dir(name: str, default: Path) -> Path:
    """A folder, whether it is there yet or not; relative ones count from the working directory."""
    path = Path(env_str(name, str(default))).expanduser().resolve()
    if path.exists() and not path.is_dir():
        raise ImproperlyConfigured(f"{name} is {path}, which is not a folder.")
    return path
