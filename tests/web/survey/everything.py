"""A closed study of two generators with all that raters can be asked: reasons, regions, repeats."""

from __future__ import annotations

import random
import uuid

from survey.models import Judgement, Presentation, Study, new_token
from tests.web.survey.closing import arms_given, closed_from

GENERATORS = ("renderer", "cyclegan")
REASONS = {
    "artificial": ("Edges too even", "edges too even.", "Too smooth", "Noise looks computed"),
    "real": ("Charging", "Dust on the substrate", "too smooth"),
}
REPEATED = 4


def closed_with_everything(name: str = "Everything") -> Study:
    """As a study that closed a moment ago; its analysis is queued."""
    study = closed_from(_answers(raters=20, artificial=16, real=12), name=name)
    arms_given(study, *GENERATORS)
    rng = random.Random(11)
    _explained(study, rng)
    _repeated(study, rng)
    first = study.sessions.order_by("number").first()
    assert first is not None
    study.sessions.filter(pk=first.pk).update(
        saw_images_possible=True, background={"experience": "More than 5 years"}
    )
    return study


def _answers(*, raters: int, artificial: int, real: int) -> list[list[bool]]:
    """Raters who differ in skill and lean, images that differ in difficulty."""
    rng = random.Random(5)
    hard = [rng.gauss(0, 0.8) for _ in range(artificial + real)]
    found = []
    for _ in range(raters):
        d_prime, lean = rng.gauss(1, 0.5), rng.gauss(0.4, 0.4)
        shifts = [d_prime / 2] * artificial + [-d_prime / 2] * real
        found.append(
            [
                rng.gauss(shift + image - lean, 1) > 0
                for shift, image in zip(shifts, hard, strict=True)
            ]
        )
    return found


def _explained(study: Study, rng: random.Random) -> None:
    """Reasons for one answer in three, marks on one in five."""
    said = Judgement.objects.filter(presentation__session__study=study).order_by("pk")
    for one in said.select_related("presentation__stimulus"):
        if rng.random() < 1 / 3:
            one.reason = rng.choice(REASONS[one.presentation.stimulus.truth])
        if rng.random() < 1 / 5:
            left, top = rng.randrange(40), rng.randrange(40)
            one.regions = [[left, top, rng.randrange(6, 20), rng.randrange(6, 20)]]
        one.seen_before = rng.random() < 0.05
        one.save(update_fields=["reason", "regions", "seen_before"])


def _repeated(study: Study, rng: random.Random) -> None:
    """Each rater judges some images a second time; one in five answers is another."""
    for session in study.sessions.all():
        firsts = list(session.presentations.order_by("position").select_related("judgement"))
        for place, first in enumerate(firsts[:REPEATED], start=1):
            shown = Presentation.objects.create(
                session=session,
                stimulus_id=first.stimulus_id,
                kind=Presentation.Kind.REPEAT,
                position=len(firsts) + place,
                token=new_token(),
            )
            other = {"real": "artificial", "artificial": "real"}[first.judgement.decision]
            Judgement.objects.create(
                presentation=shown,
                client_id=uuid.UUID(int=rng.getrandbits(128)),
                decision=other if rng.random() < 0.2 else first.judgement.decision,
                confidence=rng.randint(1, 3),
                response_ms=rng.lognormvariate(8, 0.5),
                payload_sha256="0" * 64,
            )
