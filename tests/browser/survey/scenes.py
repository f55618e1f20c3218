"""Makes studies in the database that SEMBLANCE_HOME names, and prints what a test needs to know.

One wish a line comes in, one answer a line goes out, so that Django starts once for many tests.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import django
import numpy as np

SIDE = 320


def picture(seed: int, *, artificial: bool, side: int = SIDE) -> Any:
    """Bright discs on dark ground; computed ones are smoother."""
    rng = np.random.default_rng(seed)
    rows, columns = np.indices((side, side))
    image = np.full((side, side), 60.0)
    for row, column, radius in rng.uniform((0, 0, 12), (side, side, 30), (30, 3)):
        distance = (rows - row) ** 2 + (columns - column) ** 2
        inside = distance < radius**2
        image[inside] = 120 + 80 * np.sqrt(distance[inside]) / radius
    image += rng.normal(0, 6 if artificial else 9, image.shape)
    return image.clip(0, 255).astype(np.uint8)


def main(wanted: dict[str, Any]) -> dict[str, Any]:
    from django.test import Client

    from accounts.models import Role, User
    from core.files import bytes_store
    from pipeline.stimuli.bare_png import bare_png
    from survey import services
    from survey.protocol import Settings, settings_json
    from tests.web.factories import make_user
    from tests.web.survey.makers import link_to, make_draft

    owner = User.objects.filter(username="organiser").first() or make_user(
        Role.ORGANISER, Role.CURATOR, name="organiser"
    )
    keys = ("real", "artificial", "practice", "name", "use", "visitors_allowed")
    fields = {key: wanted[key] for key in keys if key in wanted}
    study = make_draft(owner=owner, **fields)
    side = wanted.get("side", SIDE)
    for stimulus in study.stimuli.all():
        # Of each study others: what one tells in practice keeps another one closed.
        pixels = picture(
            1000 * study.pk + stimulus.number, side=side, artificial=stimulus.truth == "artificial"
        )
        stimulus.served = bytes_store(bare_png(pixels), media_type="image/png")
        stimulus.width_px = stimulus.height_px = side
        stimulus.save()
    if "settings" in wanted:
        study.settings = settings_json(Settings.of(study)) | wanted["settings"]
        study.save()
    if study.settings.get("task") == "pairs":
        for truth in ("real", "artificial"):
            for match, stimulus in enumerate(study.stimuli.filter(truth=truth).order_by("number")):
                study.stimuli.filter(pk=stimulus.pk).update(match=match + 1)
    if wanted.get("open", True):
        services.study_open(study=study, by=owner)
    quota = wanted.get("quota", 0)
    client = Client()
    client.force_login(owner)
    return {
        "pk": study.pk,
        "code": study.code,
        "links": [
            link_to(study, label=wanted.get("label", "")) for _ in range(wanted.get("links", 0))
        ],
        "open_link": link_to(study, kind="open", quota=quota) if quota else "",
        "organiser": client.cookies["sessionid"].value,
    }


def analysed(pk: int) -> dict[str, Any]:
    """Compute what the closing of a study queued: no worker runs beside the tests."""
    from survey.models import Analysis
    from survey.services.analyses import analysis_work

    queued = Analysis.objects.get(study=pk, state=Analysis.State.QUEUED)
    analysis_work(analysis_id=queued.pk)
    queued.refresh_from_db()
    return {"state": queued.state}


if __name__ == "__main__":
    django.setup()
    for line in sys.stdin:
        wish = json.loads(line)
        told = analysed(wish["analyse"]) if "analyse" in wish else main(wish)
        print(json.dumps(told), flush=True)  # noqa: T201 - how the test hears
