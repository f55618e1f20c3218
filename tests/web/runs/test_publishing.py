"""A message is a hint: whatever the broker does, nobody who starts a run hears of it."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest
from kombu.transport.sqlalchemy import Channel
from sqlalchemy.exc import OperationalError

from runs import publishing
from runs.celery_app import app


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "broker.sqlite3"
    monkeypatch.setattr(app.conf, "broker_url", f"sqla+sqlite:///{path}")
    monkeypatch.setattr(app.conf, "broker_write_url", None)
    return path


def waiting(file: Path) -> int:
    with sqlite3.connect(file) as broker:
        return int(broker.execute("SELECT count(*) FROM kombu_message").fetchone()[0])


def test_a_message_arrives_in_the_file(file: Path) -> None:
    assert publishing.send("a.task", 1, queue="cpu")
    assert waiting(file) == 1


def test_a_queue_that_a_worker_makes_at_the_same_moment_costs_no_message(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    find_or_make = Channel._get_or_create  # type: ignore[attr-defined]
    asked: list[str] = []

    def raced(self: Any, queue: str) -> Any:
        if not asked:  # looked for, not found; then the worker is quicker
            asked.append(queue)
            self.session.query(self.queue_cls).first()
            self.session.commit()
            with sqlite3.connect(file) as worker:
                worker.execute("INSERT INTO kombu_queue (id, name) VALUES (1, ?)", [queue])
            self.session.add(self.queue_cls(queue))
            self.session.commit()
        return find_or_make(self, queue)

    monkeypatch.setattr(Channel, "_get_or_create", raced)
    assert publishing.send("a.task", 1, queue="cpu")
    assert publishing.send("a.task", 2, queue="cpu")
    assert (asked, waiting(file)) == (["cpu"], 2)


def test_a_file_that_takes_nothing_delays_a_message_and_breaks_nothing(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: Any, queue: str) -> Any:
        raise OperationalError("INSERT", {}, sqlite3.OperationalError("disk is full"))

    with monkeypatch.context() as broken:
        broken.setattr(Channel, "_get_or_create", full)
        assert not publishing.send("a.task", 1, queue="cpu")
    assert publishing.send("a.task", 1, queue="cpu")
    assert waiting(file) == 1
