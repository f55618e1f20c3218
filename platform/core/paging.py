"""Lists by key: a page costs the same wherever it lies, and nothing is counted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db.models import Model, QuerySet

RowT = TypeVar("RowT", bound=Model)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[RowT]):
    """Rows of one page, and the keys of the pages after and before; None where there is none."""

    rows: list[RowT]
    after: int | None
    before: int | None


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
