"""Serve the pages, and run the quickstart beside them, as one process in the foreground."""

import errno
import socket
import subprocess
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.core.servers.basehttp import get_internal_wsgi_application
from gunicorn.app.base import BaseApplication

from core.quickstart.launcher import announce

STOP_S = 40.0  # longer than the launcher grants its stage


class Command(BaseCommand):
    help = "Serve Semblance (HOST, PORT) and run the quickstart until its report is there."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--no-quickstart", action="store_true", help="serve the pages and start nothing"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        host, port = settings.SEMBLANCE_HOST, settings.SEMBLANCE_PORT
        refuse_busy(host, port)
        wanted = not options["no_quickstart"]
        if wanted:
            announce()
        Server(host=host, port=port, quickstart=wanted).run()


def refuse_busy(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise CommandError(
                    f"Port {port} is in use, perhaps by another Semblance. "
                    f"Take another one:  make run PORT={port + 1 if port < 65535 else 8000}"
                ) from None
            raise CommandError(f"{host}:{port} cannot be served: {error.strerror}.") from None


class Server(BaseApplication):  # type: ignore[misc]
    """gunicorn in this process; the launcher is its child and ends with it.

    The launcher watches the pipe on its standard input, so it ends even if this process is killed.
    """

    def __init__(self, *, host: str, port: int, quickstart: bool) -> None:
        self._bind = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        self._quickstart = quickstart
        self._launcher: subprocess.Popen[bytes] | None = None
        super().__init__()

    def load_config(self) -> None:
        chosen = {
            "bind": self._bind,
            "worker_class": "gthread",
            "threads": 8,
            "loglevel": "warning",
            "control_socket_disable": True,
            "worker_tmp_dir": "/dev/shm" if Path("/dev/shm").is_dir() else None,  # noqa: S108
            "when_ready": self._begin,
            "on_exit": self._end,
        }
        for name, value in chosen.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        return get_internal_wsgi_application()

    def _begin(self, arbiter: Any) -> None:
        sys.stdout.write(f"\n  Semblance is at http://{self._bind}/   (Ctrl-C stops it)\n\n")
        sys.stdout.flush()
        if self._quickstart:
            self._launcher = subprocess.Popen(
                [sys.executable, str(settings.ROOT / "manage.py"), "quickstart"],
                stdin=subprocess.PIPE,
                cwd=settings.ROOT,
                start_new_session=True,  # Ctrl-C reaches this process only, which ends the rest
            )

    def _end(self, arbiter: Any) -> None:
        if self._launcher is None or self._launcher.poll() is not None:
            return
        sys.stdout.write("Stopping; what is finished is kept.\n")
        sys.stdout.flush()
        if self._launcher.stdin:
            self._launcher.stdin.close()
        try:
            self._launcher.wait(timeout=STOP_S)
        except subprocess.TimeoutExpired:
            self._launcher.kill()
