"""The bundle of a closed study: made by a worker when the analysis is done, then kept as a file.

Figures, report and tables of a large study take longer than a page may.
"""

from __future__ import annotations

import threading
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from core.discarding import files_discard, files_erase
from core.files import bytes_store
from core.models import StoredFile
from survey.errors import StudyRefused
from survey.models import Analysis, Bundle, Study
from survey.services.jobs import Jobs
from survey.services.working import Watch, work_on

TASK = "survey.tasks.bundle_execute"
JOBS = Jobs(Bundle, TASK)


def bundle_start(*, analysis: Analysis, by: User | None = None) -> Bundle:
    """Queue the bundle of an analysis; one that is on its way or made already is given back."""
    if analysis.state != Analysis.State.DONE:
        raise StudyRefused("The figures are not computed yet; the bundle is made of them.")
    with transaction.atomic():
        Analysis.objects.select_for_update().get(pk=analysis.pk)
        bundle: Bundle | None = Bundle.objects.filter(analysis=analysis).first()
        if bundle is not None and (bundle.is_active or bundle.state == Bundle.State.DONE):
            return bundle
        if bundle is not None:
            bundle.delete()  # it failed
        bundle = Bundle.objects.create(analysis=analysis, by=by)
        JOBS.queue(bundle)
    return bundle


def bundle_work(
    *, bundle_id: int, stopping: threading.Event | None = None, own_thread: bool = True
) -> None:
    """Make a queued bundle; called by a worker."""
    work_on(JOBS, bundle_id, _made, stopping=stopping, own_thread=own_thread)


def bundles_of_others_discard(*, analysis: Analysis) -> None:
    """Let go of the bundles of the study's earlier analyses, which nobody is shown any more."""
    earlier = Bundle.objects.filter(
        analysis__study=analysis.study_id, analysis__lt=analysis.pk
    ).exclude(state__in=Bundle.ACTIVE)
    files_discard(earlier)
    earlier.delete()


def analyses_erase(*, study: Study) -> None:
    """Delete a study's analyses, and at once the bundles in which a rater's words stand."""
    files = list(
        Bundle.objects.filter(analysis__study=study, file__isnull=False).values_list(
            "file_id", flat=True
        )
    )
    study.analyses.all().delete()
    transaction.on_commit(lambda: files_erase(files))


def _made(bundle: Bundle, watch: Watch[Bundle]) -> dict[str, Any]:
    # Loaded by workers only: it brings a typesetter along.
    from survey.export.bundle import bundle_zip

    analysis = bundle.analysis
    made = bundle_zip(study=analysis.study, analysis=analysis, report=watch.report)
    stored = bytes_store(made, name="bundle.zip", media_type="application/zip")
    # Until a row refers to it: the sweep looks, and keeps what is referred to by then.
    StoredFile.objects.filter(pk=stored.pk).update(discarded_at=timezone.now())
    bundles_of_others_discard(analysis=analysis)
    return {"file": stored}
