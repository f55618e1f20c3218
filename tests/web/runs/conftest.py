"""A stage that takes no time, and who starts it."""

import contextlib
import shlex
import socket
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django import Settings

from accounts.models import Role, User
from tests.backing import Backing
from tests.web.factories import make_user
from tests.web.runs.lab import Lab

STAND_IN = Path(__file__).with_name("stand_in.py")


@pytest.fixture
def stand_in(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Replace the pipeline by the stand-in; call it with what the stage should do."""
    settings.SEMBLANCE_STAGE_COMMAND = shlex.join([sys.executable, str(STAND_IN)])
    monkeypatch.delenv("SEMBLANCE_STAND_IN", raising=False)

    def wanted(what: str) -> None:
        monkeypatch.setenv("SEMBLANCE_STAND_IN", what)

    return wanted


@pytest.fixture
def analyst(db: None) -> User:
    return make_user(Role.ANALYST, name="analyst")


@pytest.fixture
def django_now() -> datetime:
    return timezone.now()


@pytest.fixture
def make_lab(
    new_backing: Callable[[Path], Backing], tmp_path: Path
) -> Iterator[Callable[..., Lab]]:
    """Make an installation in the test's folder, on files or on the servers that are configured."""
    with contextlib.ExitStack() as stack:

        def make(**extra: str) -> Lab:
            home = tmp_path / "home"
            found = Lab(home, backing=new_backing(home), **extra)
            stack.callback(found.close)
            return found

        yield make


@pytest.fixture
def lab(make_lab: Callable[..., Lab]) -> Lab:
    return make_lab()


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
