"""Sharing of launches."""

from __future__ import annotations

from django.db import transaction

from accounts.models import User
from accounts.services import share
from runs.models import Launch


@transaction.atomic
def runs_follow(*, launch: Launch, by: User) -> None:
    """Share the runs of a launch like itself: it is they that people want to look at."""
    people = list(launch.shared_with.all())
    for run in launch.runs.order_by("pk"):
        share(obj=run, by=by, visibility=launch.visibility, people=people)
