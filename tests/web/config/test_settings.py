import os
import subprocess
import sys
from pathlib import Path

import pytest

from config.secret import secret_key


def settings_with(home: Path, show: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Load the settings in a process of their own, where the environment says something else."""
    return subprocess.run(
        [sys.executable, "-c", f"from config import settings; print({show})"],
        env={"PATH": os.environ["PATH"], "SEMBLANCE_HOME": str(home), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_secret_key_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "var" / "secret_key"
    first = secret_key(path)
    assert len(first) >= 50
    assert path.stat().st_mode & 0o777 == 0o600
    assert secret_key(path) == first
    assert [entry.name for entry in path.parent.iterdir()] == ["secret_key"]
    assert secret_key(tmp_path / "other") != first


def test_a_fresh_installation_is_closed(tmp_path: Path) -> None:
    shown = settings_with(tmp_path, "settings.DEBUG, settings.ALLOWED_HOSTS, settings.SECRET_KEY")
    key = (tmp_path / "secret_key").read_text()
    assert shown.stdout == f"False ['localhost', '127.0.0.1', '[::1]'] {key}\n"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SEMBLANCE_DEBUG", "perhaps"),
        ("SEMBLANCE_ALLOWED_HOSTS", "*"),
        ("PORT", "http"),
        ("PORT", "70000"),
        ("SEMBLANCE_TRUSTED_PROXIES", "yes"),
        ("SEMBLANCE_TRUSTED_PROXIES", "-1"),
    ],
)
def test_a_bad_value_stops_the_start_by_name(tmp_path: Path, name: str, value: str) -> None:
    refused = settings_with(tmp_path, "1", **{name: value})
    assert refused.returncode != 0
    assert f"ImproperlyConfigured: {name} is" in refused.stderr


def test_the_queue_works_without_a_server_and_takes_json_only(tmp_path: Path) -> None:
    code = """
from config.celery import app
with app.connection_for_write() as connection:
    queue = connection.SimpleQueue("q")
    queue.put({"run": 7}, serializer="json")
    print(queue.get(timeout=5).payload)
print(app.conf.accept_content, app.conf.task_serializer)
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"PATH": os.environ["PATH"], "SEMBLANCE_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "{'run': 7}\n['json'] json\n"
    assert (tmp_path / "broker.sqlite3").is_file()
