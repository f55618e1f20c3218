"""The web server alone: gunicorn with threads. `manage.py serve` starts it with two workers."""

import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.core.servers.basehttp import get_internal_wsgi_application
from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger

from core.discreet import DiscreetFormatter
from core.parent import end_with_parent

STOP_S = 5


class Command(BaseCommand):
    help = "Serve the pages on HOST and PORT, without workers."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        end_with_parent(hard_after_s=2 * STOP_S)
        Server(host=settings.SEMBLANCE_HOST, port=settings.SEMBLANCE_PORT).run()


class DiscreetLogger(Logger):  # type: ignore[misc]
    """gunicorn names the address of who sent something odd."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(DiscreetFormatter(self.error_fmt, self.datefmt))


class Server(BaseApplication):  # type: ignore[misc]
    def __init__(self, *, host: str, port: int) -> None:
        self._bind = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        super().__init__()

    def load_config(self) -> None:
        chosen = {
            "bind": self._bind,
            "worker_class": "gthread",
            "workers": settings.SEMBLANCE_WEB_PROCESSES,
            "threads": 8,
            # Raters think for seconds between two requests; a new connection costs each time.
            "keepalive": 60,
            "graceful_timeout": STOP_S,
            "loglevel": "warning",
            "logger_class": DiscreetLogger,
            "control_socket_disable": True,
            "worker_tmp_dir": "/dev/shm" if Path("/dev/shm").is_dir() else None,  # noqa: S108
            "when_ready": self._say_where,
        }
        for name, value in chosen.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        return get_internal_wsgi_application()

    def _say_where(self, arbiter: Any) -> None:
        sys.stdout.write(f"\n  Semblance is at http://{self._bind}/   (Ctrl-C stops it)\n\n")
        sys.stdout.flush()
