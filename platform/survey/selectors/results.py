"""Results of a study that has closed; before, nobody gets them, its owner neither."""

from __future__ import annotations

from typing import TYPE_CHECKING

from survey.errors import StudyRefused
from survey.models import Analysis, Bundle, Session, State, Study

if TYPE_CHECKING:
    from django.db.models import QuerySet

CLOSED_UNTIL_THE_END = "Results stay closed until the study is."


def require_closed(study: Study) -> None:
    if study.state != State.CLOSED:
        raise StudyRefused(CLOSED_UNTIL_THE_END)


def result_sessions(study: Study) -> QuerySet[Session]:
    """Those whose answers are results: raters who did not withdraw; previews and games never."""
    found: QuerySet[Session] = (
        study.sessions.filter(kind=Session.Kind.RATER)
        .exclude(state=Session.State.WITHDRAWN)
        .order_by("pk")
    )
    return found


def analysis_shown(*, study: Study) -> Analysis | None:
    """The latest analysis that came to its end."""
    done = study.analyses.filter(state=Analysis.State.DONE)
    found: Analysis | None = done.order_by("-pk").first()
    return found


def analysis_latest(*, study: Study) -> Analysis | None:
    found: Analysis | None = study.analyses.order_by("-pk").defer("figures", "drawings").first()
    return found


def bundle_of(*, analysis: Analysis | None) -> Bundle | None:
    """The bundle of an analysis, in whatever state it is."""
    return Bundle.objects.select_related("file").filter(analysis=analysis).first()
