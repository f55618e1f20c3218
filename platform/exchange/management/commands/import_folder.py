"""Take the images of a folder on this machine into a dataset."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from catalog.errors import CatalogError
from catalog.models import Dataset
from catalog.services import dataset_create
from exchange.errors import ExchangeRefused
from exchange.models import Import, Origin
from exchange.services.folders import folder_read
from exchange.services.imports import import_start
from runs.local import run_here


class Command(BaseCommand):
    help = "Take images, ZIPs, masks, COCO files and tables of a folder into a dataset."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path, help="the folder")
        parser.add_argument("--dataset", required=True, help="its name; made if there is none")
        parser.add_argument("--owner", required=True, help="user name of the dataset's owner")
        parser.add_argument("--source", default="", help="who made the images, where published")
        parser.add_argument("--licence", default="", help="their licence")
        parser.add_argument(
            "--here", action="store_true", help="do the work in this process, without a worker"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        owner = User.objects.filter(username=options["owner"]).first()
        if owner is None:
            raise CommandError(f"There is nobody with the user name {options['owner']}.")
        try:
            batch = self._started(owner, options)
        except (ExchangeRefused, CatalogError) as error:
            raise CommandError(str(error)) from None
        if options["here"] and batch.run is not None:
            run_here(batch.run)
        batch.refresh_from_db()
        self.stdout.write(_told(batch))

    def _started(self, owner: User, options: dict[str, Any]) -> Import:
        facts = {"source": options["source"], "licence": options["licence"]}
        incoming, left_out = folder_read(root=options["path"].expanduser().resolve())
        dataset = Dataset.objects.filter(owner=owner, name=options["dataset"]).first()
        dataset = dataset or dataset_create(owner=owner, name=options["dataset"], **facts)
        return import_start(
            dataset=dataset,
            by=owner,
            files=incoming,
            left_out=left_out,
            origin=Origin.FOLDER,
            title=options["path"].name,
            **facts,
        )


def _told(batch: Import) -> str:
    if not batch.is_final:
        return f"{batch}: handed to the workers (import {batch.pk}, run {batch.run_id})."
    counts = f"{batch.taken_count} taken, {batch.refused_count} left out"
    return f"{batch}: {batch.get_state_display().lower()}, {counts}. {batch.problem}".rstrip()
