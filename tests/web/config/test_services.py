"""Addresses of the database, the broker and the storage."""

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.broker import broker_options, broker_url
from config.database import database
from config.storages import storages

FILE = Path("/somewhere/file")


def test_without_an_address_the_database_is_a_file() -> None:
    found = database("", file=FILE)
    assert (found["ENGINE"], found["NAME"]) == ("django.db.backends.sqlite3", FILE)
    assert found["OPTIONS"]["transaction_mode"] == "IMMEDIATE"


def test_an_address_of_postgresql_is_taken_apart() -> None:
    found = database(
        "postgres://us%40er:p%2Fw%3A@db.lab:5433/sem%20blance?sslmode=require", file=FILE
    )
    assert found["ENGINE"] == "django.db.backends.postgresql"
    assert (found["USER"], found["PASSWORD"]) == ("us@er", "p/w:")
    assert (found["HOST"], found["PORT"], found["NAME"]) == ("db.lab", "5433", "sem blance")
    assert found["OPTIONS"] == {"sslmode": "require", "prepare_threshold": 5}


@pytest.mark.parametrize(("asked", "given"), [("none", None), ("0", 0), ("7", 7)])
def test_statements_are_prepared_unless_the_address_says_otherwise(
    asked: str, given: int | None
) -> None:
    found = database(f"postgres://h/n?prepare_threshold={asked}", file=FILE)
    assert found["OPTIONS"] == {"prepare_threshold": given}


@pytest.mark.parametrize(
    "url", ["postgresql:///name?host=/run/postgresql", "postgresql://%2Frun%2Fpostgresql/name"]
)
def test_a_socket_is_a_host(url: str) -> None:
    found = database(url, file=FILE)
    assert (found["HOST"], found["PORT"], found["NAME"]) == ("/run/postgresql", "", "name")
    assert found["OPTIONS"] == {"prepare_threshold": 5}


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("mysql://u:secret@h/n", "starts with mysql"),
        ("postgres://u:secret@h/n?prepare_threshold=soon", "has a prepare_threshold"),
        ("u:secret@h/n", "starts with"),
        ("postgres://u:secret@h", "names no database"),
        ("postgres://u:secret@h/a/b", "names no database"),
        ("postgres://u:secret@h:many/n", "is no address"),
        ("postgres://u:secret@h:99999/n", "is no address"),
    ],
)
def test_a_bad_address_stops_the_start_without_telling_the_password(url: str, reason: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=f"SEMBLANCE_DATABASE_URL {reason}") as error:
        database(url, file=FILE)
    assert "secret" not in str(error.value)


def test_the_broker_is_a_file_or_a_server() -> None:
    assert broker_url("", file=FILE) == "sqla+sqlite:////somewhere/file"
    assert broker_options(broker_url("", file=FILE)) == {}
    assert broker_url("redis://r:6379/0", file=FILE) == "redis://r:6379/0"
    assert broker_options("redis://r:6379/0")["socket_connect_timeout"] == 2
    with pytest.raises(ImproperlyConfigured, match="SEMBLANCE_BROKER_URL") as error:
        broker_url("http://u:secret@h", file=FILE)
    assert "secret" not in str(error.value)


def test_files_lie_in_a_folder_unless_a_bucket_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SEMBLANCE_S3_BUCKET", raising=False)
    assert "WholeFiles" in storages()["default"]["BACKEND"]
    monkeypatch.setenv("SEMBLANCE_S3_BUCKET", "lab")
    monkeypatch.setenv("SEMBLANCE_S3_ENDPOINT", "https://s3.lab")
    monkeypatch.setenv("SEMBLANCE_S3_KEY", "key")
    with pytest.raises(ImproperlyConfigured, match="SEMBLANCE_S3_KEY and SEMBLANCE_S3_SECRET"):
        storages()
    monkeypatch.setenv("SEMBLANCE_S3_SECRET", "secret")
    found = storages()["default"]
    assert found["BACKEND"] == "storages.backends.s3.S3Storage"
    assert found["OPTIONS"]["bucket_name"] == "lab"
    assert found["OPTIONS"]["endpoint_url"] == "https://s3.lab"
