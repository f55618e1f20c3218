"""What the platform knows of a closed study, for the methods paragraph and the checklists."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Sum

from survey.models import Answer, DryRun, Invitation, Protocol, Session, Stimulus, Study
from survey.plan import Plan
from survey.protocol import Settings
from survey.report.found import Found, found_in
from survey.selectors.results import require_closed


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Counts, choices and figures; no answer and nobody's name is among them."""

    name: str
    code: str
    opened: date | None
    closed: date | None
    real: int
    artificial: int
    arms: tuple[tuple[str, int], ...]
    practice: int
    attention: int
    width_px: int | None
    height_px: int | None
    raters_begun: int
    raters_finished: int
    raters_withdrawn: int
    raters_erased: int
    personal_links: int  # made, those taken back included
    personal_links_used: int
    open_places: int  # that open links offered, all together
    open_places_taken: int
    by_personal_link: bool
    by_open_link: bool
    by_account: bool
    could_know: int
    settings: Settings
    plan: Plan
    commitment: str
    consent_text: str
    instructions: str
    dry_runs: int  # by simulated raters, that came to their end
    unaudited: bool  # opened with too few images for the shortcut audit
    bars_in_doubt: int  # images let in though something looks like a bar
    found: Found | None  # by the analysis, where there is one
    method: str  # that judged the primary outcome (`survey.statistics.outcome`); empty: not known

    @property
    def days_open(self) -> int | None:
        return (self.closed - self.opened).days + 1 if self.opened and self.closed else None


def facts_of(*, study: Study, document: Mapping[str, Any] | None = None) -> Facts:
    """Collect them; `document` is that of the analysis, where there is one."""
    require_closed(study)
    uses: Counter[tuple[str, str]] = Counter(study.stimuli.values_list("use", "truth"))
    main = study.stimuli.filter(use=Stimulus.Use.MAIN)
    arms = main.exclude(arm="").values_list("arm").annotate(count=Count("pk")).order_by("arm")
    first = main.filter(width_px__isnull=False).first()
    raters = study.sessions.filter(kind=Session.Kind.RATER)
    personal, public = (
        study.invitations.filter(kind=kind).aggregate(offered=Sum("quota"), used=Sum("used"))
        for kind in (Invitation.Kind.PERSONAL, Invitation.Kind.OPEN)
    )
    kinds = set(study.invitations.filter(used__gt=0).values_list("kind", flat=True))
    protocol: Protocol | None = study.protocols.order_by("-version").first()
    return Facts(
        name=study.name,
        code=study.code,
        opened=study.opened_at.date() if study.opened_at else None,
        closed=study.closed_at.date() if study.closed_at else None,
        real=uses[Stimulus.Use.MAIN, Answer.REAL],
        artificial=uses[Stimulus.Use.MAIN, Answer.ARTIFICIAL],
        arms=tuple(arms),
        practice=sum(count for (use, _), count in uses.items() if use == Stimulus.Use.PRACTICE),
        attention=sum(count for (use, _), count in uses.items() if use == Stimulus.Use.ATTENTION),
        width_px=first.width_px if first else None,
        height_px=first.height_px if first else None,
        raters_begun=raters.count(),
        raters_finished=raters.filter(state=Session.State.FINISHED).count(),
        raters_withdrawn=raters.filter(state=Session.State.WITHDRAWN).count(),
        raters_erased=raters.filter(erased_at__isnull=False).count(),
        personal_links=personal["offered"] or 0,
        personal_links_used=personal["used"] or 0,
        open_places=public["offered"] or 0,
        open_places_taken=public["used"] or 0,
        by_personal_link=Invitation.Kind.PERSONAL in kinds,
        by_open_link=Invitation.Kind.OPEN in kinds,
        by_account=raters.filter(rater__isnull=False).exists(),
        could_know=raters.filter(saw_images_possible=True).count(),
        settings=Settings.of(study),
        plan=Plan.of(study),
        commitment=protocol.commitment if protocol else "",
        consent_text=study.consent_text,
        instructions=study.instructions,
        dry_runs=study.dry_runs.filter(state=DryRun.State.DONE).count(),
        unaudited=bool(protocol and protocol.document.get("unchecked")),
        bars_in_doubt=len(protocol.document.get("bars_in_doubt", ())) if protocol else 0,
        found=found_in(document) if document and "exclusions" in document else None,
        method=str((document or {}).get("primary", {}).get("method", "")),
    )
