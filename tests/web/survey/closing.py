"""Closed studies from a matrix of answers, and their analysis without a worker."""

from __future__ import annotations

import csv
import random
import uuid
from pathlib import Path

from django.utils import timezone

from core.files import file_open
from survey import services
from survey.models import (
    Analysis,
    Answer,
    Bundle,
    Judgement,
    Presentation,
    Session,
    Stimulus,
    Study,
    new_token,
)
from survey.protocol import commitment_of, document_of
from survey.services.analyses import analysis_work
from survey.services.bundles import bundle_work
from survey.services.sessions import key_sha256
from tests.web.survey.makers import make_open

MATRICES = Path(__file__).parent / "matrices"


def matrix(name: str) -> list[list[bool]]:
    """Who called which image artificial: (raters, images), artificial images first."""
    with (MATRICES / f"{name}.csv").open() as file:
        return [[cell == "1" for cell in row] for row in csv.reader(file)]


def closed_from(answers: list[list[bool]], *, artificial: int = 16, **fields: object) -> Study:
    """A closed study of 20 raters or so who gave these answers, each once and in full."""
    images = len(answers[0])
    study = make_open(artificial=artificial, real=images - artificial, **fields)
    stimuli = [
        *study.stimuli.filter(truth=Answer.ARTIFICIAL).order_by("number"),
        *study.stimuli.filter(truth=Answer.REAL).order_by("number"),
    ]
    rng, now = random.Random(3), timezone.now()
    for number, row in enumerate(answers):
        session = Session.objects.create(
            study=study,
            protocol=study.protocols.get(),
            number=number,
            pseudonym=f"R-{number:03d}",
            key_sha256=key_sha256(new_token()),
            artificial_on_left=bool(number % 2),
            state=Session.State.FINISHED,
            consented_at=now,
            last_seen_at=now,
            finished_at=now,
            total=images,
            answered=images,
        )
        places = rng.sample(range(images), images)
        shown = Presentation.objects.bulk_create(
            Presentation(session=session, stimulus=stimulus, position=place + 1, token=new_token())
            for stimulus, place in zip(stimuli, places, strict=True)
        )
        Judgement.objects.bulk_create(
            Judgement(
                presentation=presentation,
                client_id=uuid.UUID(int=rng.getrandbits(128)),
                decision=Answer.ARTIFICIAL if said else Answer.REAL,
                confidence=rng.randint(1, 3),
                response_ms=rng.lognormvariate(8, 0.5),
                payload_sha256="0" * 64,
            )
            for presentation, said in zip(shown, row, strict=True)
        )
    services.study_close(study=study, by=study.owner)
    study.refresh_from_db()
    return study


def frozen_as_it_is(study: Study) -> None:
    """Promise the study as it stands now, where a test gave it arms or a plan after its opening."""
    study.refresh_from_db()
    frozen = study.protocols.get()
    frozen.document = document_of(study)
    frozen.commitment = commitment_of(frozen.document, nonce=frozen.nonce)
    frozen.save()


def arms_given(study: Study, *names: str) -> None:
    """Say that so many generators made the artificial images in turn, and promise it."""
    for place, one in enumerate(study.stimuli.filter(truth="artificial").order_by("number")):
        Stimulus.objects.filter(pk=one.pk).update(arm=names[place % len(names)])
    frozen_as_it_is(study)


def analysed(study: Study) -> Analysis:
    """The analysis that the closing queued, computed here and now."""
    queued = study.analyses.get(state=Analysis.State.QUEUED)
    analysis_work(analysis_id=queued.pk, own_thread=False)
    queued.refresh_from_db()
    assert queued.state == Analysis.State.DONE, queued.problem
    return queued


def bundled(study: Study) -> bytes:
    """The bundle that the analysis queued, made here and now."""
    analysis = study.analyses.latest("pk")
    bundle_work(bundle_id=analysis.bundle.pk, own_thread=False)
    bundle = Bundle.objects.get(analysis=analysis)
    assert bundle.state == Bundle.State.DONE, bundle.problem
    assert bundle.file is not None
    with file_open(bundle.file) as stream:
        return stream.read()
