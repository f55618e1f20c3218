"""A dry run from the shell: the same raters, through a server that runs already."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from survey.errors import StudyRefused
from survey.models import Study
from survey.services.dry_runs import PACE, dry_run_start


class Command(BaseCommand):
    help = "Let simulated raters take a draft, through the addresses of a server that runs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("study", type=int, help="its number, as in its address")
        parser.add_argument("--raters", type=int, default=12, help="guessing, biased and skilled")
        parser.add_argument("--address", help="of the server; default: HOST and PORT")
        parser.add_argument("--seed", type=int, default=0)
        parser.add_argument("--pace", type=float, default=PACE, help="1: as slow as people")

    def handle(self, *args: Any, **options: Any) -> None:
        from survey.services.dry_running import dry_run_work

        study = Study.objects.filter(pk=options["study"]).first()
        if study is None:
            raise CommandError(f"There is no study {options['study']}.")
        names, count = ("random", "biased", "skilled"), options["raters"]
        raters = {name: (count + 2 - place) // 3 for place, name in enumerate(names)}

        host = f"http://{settings.SEMBLANCE_HOST}:{settings.SEMBLANCE_PORT}"
        try:
            dry_run = dry_run_start(
                study=study,
                by=None,
                address=options["address"] or host,
                raters=raters,
                seed=options["seed"],
                pace=options["pace"],
                publish=False,
            )
        except StudyRefused as refused:
            raise CommandError(refused.reason) from None
        dry_run_work(dry_run_id=dry_run.pk)
        dry_run.refresh_from_db()
        self._tell(dry_run.report)
        if dry_run.state != dry_run.State.DONE:
            raise CommandError(f"Dry run {dry_run.pk}: {dry_run.problem}")

    def _tell(self, report: dict[str, Any]) -> None:
        if not report:
            return
        self.stdout.write(
            f"{report['finished']} of {report['raters']} raters finished; "
            f"answers: {report['sent']} confirmed, {report['kept']} kept, "
            f"{report['lost']} lost, {report['doubled']} doubled; {report['seconds']} s\n"
        )
        for one in report["profiles"]:
            if "d_prime" in one:
                self.stdout.write(
                    f"{one['name']:9} d-prime {one['d_prime']:.2f} (meant {one['d_prime_expected']}"
                    f" ± {2 * one['d_prime_error']:.2f}), criterion {one['criterion']:.2f} "
                    f"(meant {one['criterion_expected']})\n"
                )
        for one in report["times"]:
            if "p95_ms" in one:
                self.stdout.write(
                    f"{one['what']:9} median {one['median_ms']} ms, p95 {one['p95_ms']} ms\n"
                )
