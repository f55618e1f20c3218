"""A new draft with the texts, settings, plan and images of a study; nobody's answers."""

from __future__ import annotations

import secrets

from django.db import transaction

from accounts.models import User
from core.audit import noted
from survey.models import Stimulus, Study

_KEPT = ("use", "description", "instructions", "consent_text", "settings")
_OF_STIMULUS = (
    "number", "use", "truth", "match", "arm", "image", "pair", "source", "source_name",
    "source_width_px", "source_height_px",
)  # fmt: skip


def study_copy(*, study: Study, by: User) -> Study:
    """Copy a study in any state; links, raters, answers and the order of images stay behind.

    The caller has checked that `by` may change it: the copy tells which images are real.
    """
    with transaction.atomic():
        copy: Study = Study.objects.create(
            owner=by,
            name=_free_name(study, by),
            copy_of=study,
            seed=secrets.randbelow(2**53),
            **{name: getattr(study, name) for name in _KEPT},
            # What the planner said was asked for the other study; its images may change here.
            plan={**study.plan, "expected": None},
        )
        chosen = study.stimuli.exclude(use=Stimulus.Use.ATTENTION).order_by("number")
        Stimulus.objects.bulk_create(
            Stimulus(study=copy, **{name: getattr(one, name) for name in _OF_STIMULUS})
            for one in chosen.select_related("image", "pair", "source")
        )
        noted(actor=by, action="study.copied", subject=copy, original=study.pk)
    return copy


def _free_name(study: Study, by: User) -> str:
    taken = set(Study.objects.filter(owner=by).values_list("name", flat=True))
    number = 2
    while (name := f"{study.name[:110]} ({number})") in taken:
        number += 1
    return name
