"""The first person of a new installation; where there is somebody, nothing is done."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from accounts.models import User
from accounts.services import person_create

NAME = "admin"


class Command(BaseCommand):
    help = "Make the administrator `admin` where there is nobody yet; print the password once."
    requires_system_checks = ()

    @transaction.atomic  # two starts at once make one person
    def handle(self, *args: Any, **options: Any) -> None:
        if User.objects.exists():
            return
        _, password = person_create(by=None, username=NAME, administrator=True)
        self.stdout.write(
            f"\n  Sign in as {NAME} with the password {password}\n"
            "  It is shown this once and kept nowhere; your profile page changes it.\n"
            f"  Lost it?  python manage.py person {NAME} --reset\n"
        )
