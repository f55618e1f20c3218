"""Where an installation of a test's own keeps rows and messages: in files or on servers.

The servers are those that the other tests run on (SEMBLANCE_DATABASE_URL, SEMBLANCE_BROKER_URL):
there each installation has a database and a number in Redis of its own, gone when it ends.
"""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit
from uuid import uuid4

from filelock import FileLock

from tests.homes import ROOT, embedded

DATABASE = os.environ.get("SEMBLANCE_DATABASE_URL", "")
BROKER = os.environ.get("SEMBLANCE_BROKER_URL", "")
ON_SERVERS = DATABASE.startswith("postgres") and BROKER.startswith("redis")
# Redis has 16 numbers unless told otherwise; 0 stays to whoever started it.
_NUMBERS = 15


class Backing(Protocol):
    environment: dict[str, str]

    def rows(self, query: str, *values: Any) -> list[Any]:
        """Ask the database, with `?` for each value."""

    def waiting(self) -> int:
        """How many messages the broker has handed to nobody."""

    def lose_messages(self) -> None:
        """Take away all that the broker knows."""

    def close(self) -> None: ...


class Files:
    """What an installation has without any address: two files in its home."""

    environment = {"SEMBLANCE_DATABASE_URL": "", "SEMBLANCE_BROKER_URL": ""}

    def __init__(self, home: Path) -> None:
        self._home = home

    def rows(self, query: str, *values: Any) -> list[Any]:
        return self._ask("semblance.sqlite3", query, values)

    def waiting(self) -> int:
        return len(self._ask("broker.sqlite3", "SELECT 1 FROM kombu_message WHERE visible", ()))

    def lose_messages(self) -> None:
        (self._home / "broker.sqlite3").unlink(missing_ok=True)

    def close(self) -> None:
        """The home goes with the folder of the test."""

    def _ask(self, name: str, query: str, values: tuple[Any, ...]) -> list[Any]:
        with closing(sqlite3.connect(self._home / name, timeout=20)) as database:
            return database.execute(query, values).fetchall()


class Servers:
    """A copy of a migrated database on PostgreSQL, and a number in Redis that is empty."""

    def __init__(self, home: Path, *, template: str) -> None:
        home.mkdir()
        self._name = f"semblance_test_{uuid4().hex[:12]}"
        _on_server(f'CREATE DATABASE "{self._name}" TEMPLATE "{template}"')
        self.environment = {
            "SEMBLANCE_DATABASE_URL": _address(DATABASE, self._name),
            "SEMBLANCE_BROKER_URL": broker_of_this_worker(),
        }
        self.lose_messages()

    def rows(self, query: str, *values: Any) -> list[Any]:
        import psycopg

        address = self.environment["SEMBLANCE_DATABASE_URL"]
        with psycopg.connect(address, autocommit=True) as database:
            return database.execute(query.replace("?", "%s"), values).fetchall()

    def waiting(self) -> int:
        with self._redis() as redis:
            return sum(redis.llen(key) for key in redis.scan_iter(_type="list"))

    def lose_messages(self) -> None:
        with self._redis() as redis:
            redis.flushdb()

    def close(self) -> None:
        _drop(self._name)
        self.lose_messages()

    def _redis(self) -> Any:
        from redis import Redis

        return closing(Redis.from_url(self.environment["SEMBLANCE_BROKER_URL"]))


def broker_of_this_worker() -> str:
    """The address of a number in Redis that no other worker of these tests uses."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0")
    return _address(BROKER, str(1 + int(worker.removeprefix("gw")) % _NUMBERS))


@contextmanager
def migrated_database(folder: Path) -> Iterator[str]:
    """The name of a database with all tables, to copy from.

    The first worker that needs it makes it, for all that share `folder`; the last one drops it.
    """
    told, users = folder / "template.txt", folder / "template.users"
    me = users / str(os.getpid())
    lock = FileLock(folder / "template.lock")
    with lock:
        if not told.exists():
            told.write_text(_made_by_migrations())
        users.mkdir(exist_ok=True)
        me.touch()
    try:
        yield told.read_text()
    finally:
        with lock:
            me.unlink()
            if not any(users.iterdir()):
                _drop(told.read_text())
                told.unlink()


def _made_by_migrations() -> str:
    name = f"semblance_template_{uuid4().hex[:12]}"
    _on_server(f'CREATE DATABASE "{name}"')
    done = subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), "migrate", "--verbosity", "0"],
        env=embedded(ROOT / "var") | {"SEMBLANCE_DATABASE_URL": _address(DATABASE, name)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        _drop(name)
        raise AssertionError(done.stderr)
    return name


def _drop(name: str) -> None:
    _on_server(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _on_server(statement: str) -> None:
    import psycopg

    with psycopg.connect(DATABASE, autocommit=True) as server:
        server.execute(statement)


def _address(url: str, path: str) -> str:
    return urlsplit(url)._replace(path=f"/{path}").geturl()
