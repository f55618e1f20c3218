"""Queries that are composed once give what Django's own would."""

import uuid
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from core.composed import Composed, ComposedInsert
from core.models import StoredFile
from survey.models import Judgement, Presentation, Session
from survey.selectors import taking
from tests.web.survey.makers import enter, make_open, payload, plan, send

pytestmark = pytest.mark.django_db


@Composed
def _of_size(least: int, kind: str) -> QuerySet[StoredFile]:
    return StoredFile.objects.filter(
        Q(media_type=kind) | Q(media_type=kind + "x"), size_bytes__gte=least
    ).order_by("pk")


@Composed
def _named(kind: str) -> QuerySet[StoredFile, Any]:
    return StoredFile.objects.filter(media_type=kind).order_by("pk").values_list("pk", "size_bytes")


def test_a_parameter_that_is_changed_on_its_way_into_the_filter_is_refused() -> None:
    @Composed
    def changed(kind: str) -> QuerySet[StoredFile]:
        return StoredFile.objects.filter(media_type__startswith=kind)

    with pytest.raises(ValueError, match="kind"):
        changed(kind="image/")


def test_rows_are_those_of_the_values_at_hand_and_not_of_the_first() -> None:
    for number in range(6):
        StoredFile.objects.create(
            sha256=str(number), size_bytes=number, media_type="ab"[number % 2]
        )
    for kind in "abc":
        expected = StoredFile.objects.filter(media_type=kind).order_by("pk")
        assert _named(kind=kind) == list(expected.values_list("pk", "size_bytes"))
        for least in (0, 3, 9):
            assert _of_size(kind=kind, least=least) == list(expected.filter(size_bytes__gte=least))


def test_what_a_rater_is_asked_for_comes_as_from_a_queryset(
    django_assert_num_queries: Any,
) -> None:
    study = make_open(real=2, artificial=2)
    client, session = enter(study)
    other = enter(study)[1]
    first, second = plan(client, study)["next"][:2]
    assert send(client, study, payload(first["token"])).status_code == 200
    session.refresh_from_db()

    for mine, key in ((session, session.key_sha256), (other, other.key_sha256)):
        for token in (first["token"], second["token"], "none"):
            asked = {"code": study.code, "key_sha256": key, "token": token}
            found = taking._asked(**asked)
            expected = list(taking._asked._compose(**asked))
            assert found == expected
            assert bool(found) == (mine == session and token != "none")
            for one, same in zip(found, expected, strict=True):
                with django_assert_num_queries(0):
                    assert one.session.answered == same.session.answered == 1
                    assert one.session.study.settings == same.session.study.settings
                    assert one.stimulus.truth == same.stimulus.truth
                    assert hasattr(one, "judgement") == hasattr(same, "judgement")
                assert one.get_deferred_fields() == same.get_deferred_fields()
    answered = taking._asked(code=study.code, key_sha256=session.key_sha256, token=first["token"])
    assert (
        answered[0].judgement.client_id
        == Presentation.objects.get(token=first["token"]).judgement.client_id
    )


def test_what_comes_next_is_the_session_s_own() -> None:
    study = make_open(real=2, artificial=2)
    sessions = [enter(study)[1], enter(study)[1]]
    for session in sessions:
        expected = Presentation.objects.filter(session=session).order_by("position")[:3]
        tokens = [one[0] for one in taking.plan_of(session=session).next]
        assert tokens == [one.token for one in expected]
    assert Session.objects.count() == 2


def test_a_row_that_is_kept_is_that_of_create() -> None:
    study = make_open(real=2, artificial=2)
    client, session = enter(study)
    first, second = (
        Presentation.objects.get(token=one["token"]) for one in plan(client, study)["next"][:2]
    )
    told = {
        "decision": "real",
        "confidence": 2,
        "shown_at": timezone.now(),
        "response_ms": 812.5,
        "zooms": [[1.5, 4.0]],
        "reason": "100 % 'sharp'",
        "payload_sha256": "0" * 64,
    }
    keep = ComposedInsert(Judgement)
    kept = keep(presentation=first, client_id=uuid.uuid4(), **told)
    same = Judgement.objects.create(presentation=second, client_id=uuid.uuid4(), **told)
    rows: dict[int, dict[str, Any]] = {row["id"]: {**row} for row in Judgement.objects.values()}
    assert set(rows) == {kept.pk, same.pk}
    for name, value in rows[kept.pk].items():
        assert value == getattr(kept, name)
        if name not in ("id", "presentation_id", "client_id", "answered_at"):
            assert value == rows[same.pk][name], name
    kept.confidence = 3
    kept.save()
    assert Judgement.objects.get(pk=kept.pk).confidence == 3
    with pytest.raises(IntegrityError), transaction.atomic():
        keep(presentation=second, client_id=uuid.uuid4(), **told)
    assert session.presentations.filter(judgement__isnull=False).count() == 2


def test_postgresql_plans_it_once_a_connection() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite plans as fast as it looks up what it planned")
    for kind in ("a", "b", "c"):
        _named(kind=kind)
    with connection.cursor() as cursor:
        cursor.execute("SELECT generic_plans + custom_plans, statement FROM pg_prepared_statements")
        used = [times for times, statement in cursor.fetchall() if "media_type" in statement]
    assert used == [3]
