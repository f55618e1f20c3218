"""Collect the front-end packages that the pages use; does nothing where they are there."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from core.vendor import VendorFailed, vendor_files


class Command(BaseCommand):
    help = "Fetch and bundle the front-end packages of package-lock.json into static_vendor/."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            vendor_files(settings.ROOT, say=self.stdout.write)
        except VendorFailed as failed:
            raise CommandError(
                f"{failed}\nThe front-end packages are not there; without them images cannot be "
                "zoomed and curves not drawn. Is the network there? Then run it again."
            ) from None
