"""Who and what could have been known beforehand, in sentences beside the result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from survey.report.content import Section
from survey.report.words import defined, part, why


def known_beforehand(raters: Sequence[str]) -> list[str]:
    """That marked raters count, where the plan leaves them in; nothing where there are none."""
    if not raters:
        return []
    who = "1 rater" if len(raters) == 1 else f"{len(raters)} raters"
    return [
        f"It counts {who} who could have seen images elsewhere on the platform, as the plan does "
        f"not leave them out: {', '.join(raters)}."
    ]


def unseen_section(found: Mapping[str, Any] | None) -> Section:
    """What it reads without images seen before; a reason where nothing can be left out.

    None: the analysis is of a version that did not look.
    """
    title = "Images seen before"
    if found is None:
        return Section(title=title)
    if not defined(found):
        return Section(title=title, paragraphs=[why(found)])
    told = found.get("sentence")
    if told is None:
        told = f"{part(found['part_right'])} of the pairs were judged rightly."
    without = f"Without answers to images that raters said to have seen before: {told}"
    return Section(title=title, paragraphs=[without])
