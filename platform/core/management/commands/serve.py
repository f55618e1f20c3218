"""All of Semblance as one process in the foreground: the pages and two workers."""

import errno
import io
import socket
import sys
from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from core.crew import Crew, Member

# A quick segmentation never waits for a training: it has a worker of its own.
WORKERS = {"long": "simulate,gpu,cpu", "interactive": "interactive"}
_ANSWERS_WITHIN_S = 0.05


class Command(BaseCommand):
    help = "Serve Semblance (HOST, PORT) with two workers, until Ctrl-C."
    requires_system_checks = ()  # `web` and `make test` check; a start should be quick

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--no-workers", action="store_true", help="serve the pages; workers run elsewhere"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if isinstance(sys.stdout, io.TextIOWrapper):
            # A log gets the address and the first password when they are said, as a terminal does.
            sys.stdout.reconfigure(line_buffering=True)
        host, port = settings.SEMBLANCE_HOST, settings.SEMBLANCE_PORT
        refuse_busy(host, port)
        migrate()
        if "ensure_first_user" in get_commands():
            call_command("ensure_first_user")
        web = Member(name="web", command=_manage("web"))
        answers = _Answers(host, port)
        members = [web]
        if not options["no_workers"]:
            # The browser is ready sooner when the workers load after the pages.
            members += [
                Member(
                    name=name,
                    command=_manage("worker", "--name", name, "--queues", queues),
                    may_start=answers,
                )
                for name, queues in WORKERS.items()
            ]
        Crew(members).run(check=lambda: _web_must_start(web, answers))
        sys.stdout.write(
            "Stopped; what was finished is kept, runs in hand go on at the next start.\n"
        )


def migrate() -> None:
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", interactive=False, verbosity=0)
    connection.close()


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


class _Answers:
    """Whether the web server takes connections; once it did, it is not asked again."""

    def __init__(self, host: str, port: int) -> None:
        self._address = ({"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host), port)  # noqa: S104
        self.yes = False

    def __call__(self) -> bool:
        if not self.yes:
            try:
                socket.create_connection(self._address, timeout=_ANSWERS_WITHIN_S).close()
                self.yes = True
            except OSError:
                pass
        return self.yes


def _web_must_start(web: Member, answers: Callable[[], bool]) -> None:
    """A server that never came up will not come up by itself."""
    if web.start_at and not answers():
        raise CommandError("The web server did not start; what it said stands above.")


def _manage(*arguments: str) -> list[str]:
    return [sys.executable, str(settings.ROOT / "manage.py"), *arguments]
