"""Numbers that come in addresses and forms."""

from django.http import HttpRequest

_LARGEST = 2**63 - 1


def key_of(request: HttpRequest, name: str) -> int | None:
    """A row's key in the query, or None where there is none that could be one."""
    value = request.GET.get(name, "")
    if not value.isascii() or not value.isdecimal() or int(value) > _LARGEST:
        return None
    return int(value)


def keys_in(values: list[str]) -> list[int]:
    """The keys among what a form sent; the rest is left out."""
    good = [value for value in values if value.isascii() and value.isdecimal() and len(value) < 19]
    return [int(value) for value in good]
