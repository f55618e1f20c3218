from pathlib import Path

import pytest
from django.db.backends.base.base import BaseDatabaseWrapper
from pytest_django import Settings

from tests.backing import ON_SERVERS, broker_of_this_worker


@pytest.fixture(autouse=True)
def storage(tmp_path: Path, settings: Settings) -> Path:
    """An installation of the test's own: what it stores and sends never reaches the one at hand."""
    settings.SEMBLANCE_HOME = tmp_path / "home"
    settings.MEDIA_ROOT = tmp_path / "storage"
    settings.SEMBLANCE_WORK = tmp_path / "work"
    settings.CELERY_BROKER_URL = broker_of_this_worker() if ON_SERVERS else "memory://"
    return tmp_path / "storage"


@pytest.fixture(autouse=True)
def quick_passwords(settings: Settings) -> None:
    """Hash passwords fast; how slowly they are hashed is not what is tested here."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def quick_clients(settings: Settings) -> None:
    """Find static files when they are asked for: each test's client looked for all of them anew."""
    settings.WHITENOISE_AUTOREFRESH = True


@pytest.fixture(autouse=True)
def connection_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Closing a response ends a request, and Django then drops a connection in a transaction.

    Here that is the transaction of the test itself. SQLite in memory ignores it, PostgreSQL not.
    """
    close = BaseDatabaseWrapper.close_if_unusable_or_obsolete

    def close_outside_of_transactions(self: BaseDatabaseWrapper) -> None:
        if not self.in_atomic_block:
            close(self)

    monkeypatch.setattr(
        BaseDatabaseWrapper, "close_if_unusable_or_obsolete", close_outside_of_transactions
    )
