"""Lists by key: a page costs the same wherever it lies, and nothing is counted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypedDict, TypeVar

from django.db.models import Model, QuerySet

if TYPE_CHECKING:
    from django.http import QueryDict

_MOST = 2**63 - 1  # what a database takes for a key

RowT = TypeVar("RowT", bound=Model)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[RowT]):
    """Rows of one page, and the keys of the pages after and before; None where there is none."""

    rows: list[RowT]
    after: int | None
    before: int | None


class PageKeys(TypedDict):
    after: int | None
    before: int | None


def key_in(text: object) -> int | None:
    """A key that came in an address or a form; None where it cannot be one."""
    digits = str(text or "")
    if not digits.isascii() or not digits.isdigit() or len(digits) > 19:
        return None
    number = int(digits)
    return number if 0 < number <= _MOST else None


def keys_in(texts: Iterable[object]) -> list[int]:
    """The keys among what a form sent, each once; the rest is left out."""
    keys = dict.fromkeys(key_in(text) for text in texts)
    return [key for key in keys if key is not None]


def page_keys(query: QueryDict) -> PageKeys:
    """Which page of a list an address asks for: `page_by_key(rows, size=50, **page_keys(...))`."""
    return PageKeys(after=key_in(query.get("after")), before=key_in(query.get("before")))


def page_by_key(
    queryset: QuerySet[RowT],
    *,
    size: int,
    after: int | None = None,
    before: int | None = None,
    newest_first: bool = True,
) -> Page[RowT]:
    """Cut the page that follows the key `after`, or precedes `before`, out of `queryset`."""
    forwards, backwards = ("-pk", "pk") if newest_first else ("pk", "-pk")
    beyond, short_of = ("pk__lt", "pk__gt") if newest_first else ("pk__gt", "pk__lt")
    if before is not None:
        keys: list[Any] = list(
            queryset.filter(**{short_of: before})
            .order_by(backwards)
            .values_list("pk", flat=True)[: size + 1]
        )
        more = len(keys) > size
        rows = _hydrated(queryset, keys[:size][::-1])
        first = rows[0].pk if rows and more else None
        return Page(rows=rows, after=rows[-1].pk if rows else None, before=first)
    found = queryset if after is None else queryset.filter(**{beyond: after})
    keys = list(found.order_by(forwards).values_list("pk", flat=True)[: size + 1])
    rows = _hydrated(queryset, keys[:size])
    return Page(
        rows=rows,
        after=rows[-1].pk if rows and len(keys) > size else None,
        before=rows[0].pk if rows and after is not None else None,
    )


def _hydrated(queryset: QuerySet[RowT], keys: list[Any]) -> list[RowT]:
    """The rows of `keys` in their order: keys first, so that only one page of rows is read."""
    rows = {row.pk: row for row in queryset.order_by().filter(pk__in=keys)}
    return [rows[key] for key in keys if key in rows]
