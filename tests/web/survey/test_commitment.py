"""Threat 15: nobody peeks before the closing, nobody tampers after the opening."""

from __future__ import annotations

import hashlib
import json
import math
import subprocess
import sys
from collections.abc import Iterator
from copy import deepcopy
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from django.core import serializers
from django.test import Client
from django.urls import get_resolver, reverse

from accounts.models import Role
from core.access import Visibility
from core.models import AuditEntry
from runs.models import Run
from survey import services
from survey.models import Event, Protocol, Study
from survey.protocol import commitment_of
from tests.web.everywhere import addresses
from tests.web.factories import make_user
from tests.web.survey.makers import enter, finish, make_draft, make_open

pytestmark = pytest.mark.django_db
SEED = 7_777_777_777_777


def published(name: str, study: Study) -> str:
    return reverse(f"survey:commitment{name}", args=[study.code])


def close(study: Study) -> None:
    services.study_close(study=study, by=study.owner)


def downloaded(study: Study, folder: Path) -> list[str]:
    """What a stranger saves, and the command that they were told."""
    stranger = Client()
    commitment = Protocol.objects.get(study=study).commitment
    page = stranger.get(published("", study)).content.decode()
    assert f"python verify.py document.json nonce.txt {commitment}" in page
    for name, file in (
        ("document", "document.json"),
        ("nonce", "nonce.txt"),
        ("script", "verify.py"),
    ):
        response = stranger.get(published(f"-{name}", study))
        assert f'filename="{file}"' in response.headers["Content-Disposition"]
        (folder / file).write_bytes(response.content)
    return [sys.executable, "-I", "verify.py", "document.json", "nonce.txt", commitment]


def ran(command: list[str], folder: Path) -> tuple[int, str]:
    """In an empty environment, with nothing but the standard library."""
    done = subprocess.run(command, cwd=folder, env={}, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout


def test_threat_15_before_the_closing_a_stranger_gets_the_commitment_and_nothing_else() -> None:
    study = make_open(name="Secret name of a study")
    page = Client().get(published("", study))
    assert page.status_code == 200
    frozen = study.protocols.get()
    assert frozen.commitment in page.content.decode()
    assert study.name not in page.content.decode()
    assert frozen.nonce not in page.content.decode()
    for name in ("-document", "-nonce"):
        assert Client().get(published(name, study)).status_code == 404
    assert Client().get(published("-script", study)).status_code == 200
    assert Client().get(published("", make_draft())).status_code == 404


def test_threat_15_a_stranger_verifies_a_closed_study(tmp_path: Path) -> None:
    study = make_open()
    before = Client().get(published("", study)).content.decode()
    client, _ = enter(study)
    finish(client, study)
    close(study)
    command = downloaded(study, tmp_path)
    assert command[-1] in before
    assert ran(command, tmp_path) == (0, "verified\n")
    told = json.loads((tmp_path / "document.json").read_text())
    assert {one["truth"] for one in told["stimuli"]} == {"real", "artificial"}
    assert told["plan"]["margin"] == 0.05
    assert {"settings", "seed", "shortcuts", "consent", "instructions"} <= told.keys()


@pytest.mark.parametrize("file", ["document.json", "nonce.txt"])
def test_threat_15_a_byte_that_was_changed_is_noticed(tmp_path: Path, file: str) -> None:
    study = make_open()
    close(study)
    command = downloaded(study, tmp_path)
    content = bytearray((tmp_path / file).read_bytes())
    content[len(content) // 2] ^= 1
    (tmp_path / file).write_bytes(content)
    code, said = ran(command, tmp_path)
    assert code == 1
    assert "verified" not in said


def test_threat_15_the_document_that_is_published_is_the_one_that_was_hashed() -> None:
    study = make_open()
    close(study)
    content = Client().get(published("-document", study)).content
    frozen = Protocol.objects.get(study=study)
    assert hashlib.sha256(bytes.fromhex(frozen.nonce) + content).hexdigest() == frozen.commitment
    assert content == rfc8785.dumps(json.loads(content))


# ---- nobody gets it earlier ----------------------------------------------------------------------


def every_answer(client: Client, study: Study) -> Iterator[tuple[str, str]]:
    """Every address that can be read with the study's own keys, lists included."""
    run = study.stimuli_run
    known: dict[str, Any] = {
        "pk": study.pk, "code": study.code, "number": 1, "token": "nothing", "kind": "run",
        "format": "json", "table": "answers", "dry_run": 1, "invitation": 1,
    }  # fmt: skip
    for name, groups in addresses():
        if not set(groups) <= set(known) or name == "exchange:tus-upload":  # its keys are UUIDs
            continue
        values = {group: known[group] for group in groups}
        if run is not None and name.startswith(("runs:", "api:")) and "pk" in values:
            values["pk"] = run.pk
        response = client.get(reverse(name, kwargs=values))
        content = b"".join(response) if response.streaming else response.content
        response.close()
        yield name, f"{response.headers}{content.decode('latin-1')}"


@pytest.mark.parametrize("who", ["visitor", "rater", "colleague", "owner", "administrator"])
def test_threat_15_no_address_tells_nonce_document_or_seed_of_an_open_study(who: str) -> None:
    study = make_draft(seed=SEED, visibility=Visibility.LAB)
    services.stimuli_prepare(study=study, by=study.owner)
    Run.objects.update(status="succeeded", visibility=Visibility.LAB)
    for stimulus in study.stimuli.all():
        stimulus.served, stimulus.width_px, stimulus.height_px = stimulus.source, 16, 12
        stimulus.figures = {}
        stimulus.save()
    study.stimuli_run = None  # its figures are not there; the run itself stays to be asked
    study.save()
    frozen = services.study_open(study=study, by=study.owner)
    study.stimuli_run = Run.objects.filter(stage="stimuli").get()
    client = Client(raise_request_exception=False)
    if who == "rater":
        client.force_login(make_user(Role.RATER))
    elif who == "colleague":
        client.force_login(make_user(*(role for role in Role if role != Role.RATER)))
    elif who == "owner":
        client.force_login(study.owner)
    elif who == "administrator":
        client.force_login(make_user(*Role, is_superuser=True))
    asked = 0
    for name, text in every_answer(client, study):
        for secret in (frozen.nonce, frozen.sha256, str(SEED), "artificial_on_left"):
            assert secret not in text, name
        asked += 1
    assert asked > 30
    written = serializers.serialize("json", [*AuditEntry.objects.all(), *Event.objects.all()])
    assert frozen.nonce not in written
    assert str(SEED) not in written


def test_threat_15_there_is_no_admin_site_to_look_at_rows() -> None:
    assert Client().get("/admin/").status_code == 404
    assert not any("admin" in str(pattern.pattern) for pattern in get_resolver().url_patterns)


def test_threat_15_a_rater_who_signed_in_reads_truth_nowhere() -> None:
    study = make_open(visibility=Visibility.SHARED)
    rater = make_user(Role.RATER)
    study.shared_with.add(rater)
    client = Client(raise_request_exception=False)
    client.force_login(rater)
    enter(study, client=client)
    sources = [s.source_name for s in study.stimuli.all()]
    for name, text in every_answer(client, study):
        assert "secret-" not in text, name
        assert not any(source in text for source in sources), name


def test_threat_15_the_log_of_events_is_only_added_to() -> None:
    _, session = enter(make_open())
    event = session.events.first()
    assert event is not None
    for act in (event.save, Event.objects.all().delete, lambda: Event.objects.update(kind="x")):
        with pytest.raises(TypeError, match="only added to"):
            act()


# ---- nobody guesses it ---------------------------------------------------------------------------


def deals(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The document with every way to say which of its images are real."""
    count = len(document["stimuli"])
    real = sum(one["truth"] == "real" for one in document["stimuli"])
    for chosen in combinations(range(count), real):
        guess = deepcopy(document)
        for index, one in enumerate(guess["stimuli"]):
            one["truth"] = "real" if index in chosen else "artificial"
        yield guess


def test_threat_15_trying_all_deals_does_not_open_a_commitment() -> None:
    """Even who knows all of the document but the key cannot find the key.

    A commitment without a nonce is opened by the same loop, which shows that the loop can find it.
    """
    study = make_open(real=3, artificial=4)
    frozen = study.protocols.get()
    guesses = [rfc8785.dumps(guess) for guess in deals(frozen.document)]
    assert len(guesses) == math.comb(7, 3)
    hashes = {hashlib.sha256(guess).hexdigest() for guess in guesses}
    assert len(hashes) == len(guesses)
    assert frozen.sha256 in hashes, "without a nonce the right deal would be found"
    assert frozen.commitment not in hashes
    wrong = {commitment_of(guess, nonce="00" * 32) for guess in deals(frozen.document)}
    assert frozen.commitment not in wrong, "nor with a nonce that is guessed"
    assert commitment_of(frozen.document, nonce=frozen.nonce) == frozen.commitment


def test_threat_15_the_paper_s_design_has_few_deals_and_a_nonce_has_many() -> None:
    assert math.comb(28, 12) == 30_421_755
    study = make_open()
    nonce = bytes.fromhex(study.protocols.get().nonce)
    assert len(nonce) == 32
    assert nonce.hex() != make_open().protocols.get().nonce
