"""People at the server's shell: for a lost password, or where there is no browser."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.errors import Refused
from accounts.models import Role, User
from accounts.services import password_reset, person_activate, person_create


class Command(BaseCommand):
    help = "Give a person a new password, or make one; the password is printed once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="the name that they sign in with")
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--reset", action="store_true", help="a new password; opens the account")
        what.add_argument("--create", action="store_true", help="make the person")
        parser.add_argument(
            "--role", action="append", default=[], choices=Role.values, help="with --create"
        )
        parser.add_argument("--administrator", action="store_true", help="with --create")

    def handle(self, *args: Any, **options: Any) -> None:
        name = options["name"]
        try:
            password = self._create(name, options) if options["create"] else self._reset(name)
        except Refused as refused:
            raise CommandError(str(refused)) from None
        self.stdout.write(f"{name} signs in with {password} and is asked for another one then.")

    def _create(self, name: str, options: dict[str, Any]) -> str:
        return person_create(
            by=None, username=name, roles=options["role"], administrator=options["administrator"]
        )[1]

    def _reset(self, name: str) -> str:
        person = User.objects.filter(username=name).first()
        if person is None:
            raise CommandError(f"Nobody is called {name}; make them:  person {name} --create")
        if not person.is_active:
            person_activate(by=None, person=person)
        return password_reset(by=None, person=person)
