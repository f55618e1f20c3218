"""The place in a gallery that an address names: filter, order, page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

from catalog.filters import ImageFilter
from catalog.gallery import SIZE, SIZES, SORTS
from core.paging import key_in


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    matching: ImageFilter = field(default_factory=ImageFilter)
    sort: str = SORTS[0][0]
    size: int = SIZE
    after: int | None = None
    before: int | None = None

    @classmethod
    def from_query(cls, query: Mapping[str, Any]) -> Place:
        sort = str(query.get("sort", ""))
        size = key_in(query.get("size"))
        return cls(
            matching=ImageFilter.from_query(query),
            sort=sort if sort in dict(SORTS) else SORTS[0][0],
            size=size if size in SIZES else SIZE,
            after=key_in(query.get("after")),
            before=key_in(query.get("before")),
        )

    def at(self, **changes: Any) -> str:
        """The query of this place with changes; what is as usual is left out."""
        there = replace(self, after=None, before=None, **changes)
        said: dict[str, Any] = there.matching.as_dict()
        if there.sort != SORTS[0][0]:
            said["sort"] = there.sort
        if there.size != SIZE:
            said["size"] = there.size
        return urlencode(said)

    @property
    def query(self) -> str:
        """Filter and order, from the first page on."""
        return self.at()

    @property
    def here(self) -> str:
        """This very page."""
        return self.page(after=self.after, before=self.before)

    def page(self, *, after: int | None = None, before: int | None = None) -> str:
        key = {"after": after} if after else {"before": before} if before else {}
        return "&".join(part for part in (self.at(), urlencode(key)) if part)
