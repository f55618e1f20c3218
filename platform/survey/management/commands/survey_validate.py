"""Validate this installation from the shell."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from survey.selectors.validations import markdown_of, table_of
from survey.services.validations import data_folder, validated


class Command(BaseCommand):
    help = "Recompute published and exact values; end with 1 where one is missed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--data", type=Path, help="folder of VanDyke.xlsx and cbpp.csv")
        parser.add_argument("--runs", type=int, help="simulated studies of each design (4000)")
        parser.add_argument(
            "--markdown", type=Path, help="a file for the table, as docs/oracles.md has it"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        table = table_of(validated(data=options["data"] or data_folder(), runs=options["runs"]))
        if options["markdown"]:
            options["markdown"].write_text(markdown_of(table), encoding="utf-8")
        for line in table.lines:
            self.stdout.write(f"{line.number:3} {line.word:8} {line.what}")
            if line.expected:
                self.stdout.write(f"             expected {line.expected}")
                self.stdout.write(f"             obtained {line.obtained}")
            if line.source:
                self.stdout.write(f"             source   {line.source}")
            if line.note:
                self.stdout.write(f"             {line.note}")
        self.stdout.write(f"\n{table.told_versions}")
        if table.failed:
            raise CommandError(table.told)
        self.stdout.write(table.told)
