"""Studies to test with."""

from __future__ import annotations

import hashlib
import json
import random
import struct
import uuid
import zlib
from typing import Any

from django.test import Client
from django.urls import reverse

from accounts.models import Role, User
from core.files import bytes_store
from survey import services
from survey.models import Invitation, Session, Stimulus, Study
from survey.protocol import PAIRS, Settings, settings_json
from tests.web.factories import make_dataset, make_image, make_pair, make_run, make_user

SIDE = 64


def stored_png(seed: int, *, side: int = SIDE) -> bytes:
    """A grey PNG without compression, as the stage `stimuli` writes them."""
    noise = random.Random(seed)
    rows = b"".join(b"\0" + noise.randbytes(side) for _ in range(side))
    parts = [
        (b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)),
        (b"IDAT", zlib.compress(rows, 0)),
        (b"IEND", b""),
    ]
    body = b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts
    )
    return b"\x89PNG\r\n\x1a\n" + body


def make_draft(
    *,
    owner: User | None = None,
    real: int = 4,
    artificial: int = 4,
    practice: int = 0,
    prepared: bool = True,
    extras: bool = False,
    **fields: Any,
) -> Study:
    """A draft with private images; `prepared` stands in for the run of the stage.

    `extras`: it asks for reasons, regions and whether an image was seen before.
    """
    owner = owner or make_user(Role.ORGANISER, Role.CURATOR)
    fields = {"name": f"Study {uuid.uuid4().hex[:6]}", "seed": 7, **fields}
    study = services.study_create(owner=owner, **fields)
    dataset = make_dataset(owner=owner, name=f"Images of {study.name}")
    images = [
        make_image(dataset=dataset, name=f"secret-real-{i}.png", width_px=96, height_px=80)
        for i in range(real)
    ]
    services.stimuli_add(study=study, by=owner, images=images)
    run = make_run(owner=owner, name="secret-run")
    pairs = [make_pair(run=run, generator="secret-generator") for _ in range(artificial)]
    services.stimuli_add(study=study, by=owner, pairs=pairs)
    if extras:
        asked = Settings(ask_reason=True, ask_region=True, ask_seen=True)
        study.settings = settings_json(asked)
        study.save(update_fields=["settings"])
    if practice:
        add_practice(study, count=practice)
    if prepared:
        prepare(study)
    return study


def add_practice(study: Study, *, count: int) -> None:
    """Real and artificial images outside the set, in turn."""
    dataset = make_dataset(owner=study.owner, name=f"Practice of {study.name}")
    last = study.stimuli.count()
    for number in range(last + 1, last + count + 1):
        image = make_image(dataset=dataset, name=f"secret-practice-{number}.png")
        Stimulus.objects.create(
            study=study,
            number=number,
            use=Stimulus.Use.PRACTICE,
            truth="artificial" if number % 2 else "real",
            image=image,
            source=image.file,
            source_name=image.name,
        )


def prepare(study: Study) -> None:
    for stimulus in study.stimuli.all():
        # Pixels and look follow from the source: the same image in two studies is the same.
        made = hashlib.sha256((stimulus.source_id or f"attention {stimulus.pk}").encode())
        png = stored_png(int(made.hexdigest(), 16))
        stimulus.served = bytes_store(png, media_type="image/png")
        stimulus.width_px = stimulus.height_px = SIDE
        stimulus.figures = {"phash": made.hexdigest()[:16]}
        stimulus.save()


def make_open(**fields: Any) -> Study:
    study = make_draft(**fields)
    services.study_open(study=study, by=study.owner)
    return study


def link_to(
    study: Study, *, kind: str = Invitation.Kind.PERSONAL, quota: int = 1, label: str = ""
) -> str:
    made = services.invitation_create(
        study=study, by=study.owner, kind=kind, quota=quota, label=label
    )
    return reverse("survey:join", args=[made[0][1]])


def enter(study: Study, *, client: Client | None = None) -> tuple[Client, Session]:
    """A rater who has consented, begun, and stands before the first image."""
    client = client or Client()
    client.get(link_to(study))
    client.post(reverse("survey:take-consent", args=[study.code]), {"agreed": "yes"})
    client.post(reverse("survey:take-begin", args=[study.code]), {"width": "1440"})
    return client, Session.objects.filter(study=study).latest("pk")


def payload(token: str, **fields: Any) -> dict[str, Any]:
    return {
        "client_id": str(uuid.uuid4()),
        "token": token,
        "decision": "real",
        "confidence": 2,
        "response_ms": 1234.5,
        "confirm_ms": 2000.0,
        "since_shown_ms": 2100.0,
        "changes": 0,
        "hidden_ms": 0,
        "zooms": [[100, 1]],
    } | fields


def send(client: Client, study: Study, sent: dict[str, Any]) -> Any:
    address = reverse("survey:take-answer", args=[study.code])
    return client.post(address, json.dumps(sent), content_type="application/json")


def plan(client: Client, study: Study) -> dict[str, Any]:
    found: dict[str, Any] = client.get(reverse("survey:take-plan", args=[study.code])).json()
    return found


def finish(client: Client, study: Study, *, said: Any = None) -> None:
    """Answer all that is left; `said` gives decision and confidence by token."""
    while following := plan(client, study)["next"]:
        token = following[0]["token"]
        client.get(reverse("survey:take-image", args=[study.code, token]))
        fields = said(token) if said else {}
        assert send(client, study, payload(token, **fields)).status_code == 200


def draft_of_pairs(count: int = 4, **settings: Any) -> Study:
    """A draft of so many matched pairs."""
    study = make_draft(real=count, artificial=count, settings=Settings(task=PAIRS, **settings))
    for truth in ("real", "artificial"):
        for match, one in enumerate(study.stimuli.filter(truth=truth).order_by("number"), start=1):
            one.match = match
            one.save()
    return study


def judged_pairs(*, raters: int) -> Study:
    """An open study of four matched pairs that so many raters have finished."""
    study = draft_of_pairs()
    services.study_open(study=study, by=study.owner)
    for _ in range(raters):
        client, _ = enter(study)
        finish(client, study)
    return study
