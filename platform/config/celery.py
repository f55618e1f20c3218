"""The task queue: `celery -A config.celery worker` finds the tasks."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from runs.celery_app import app

__all__ = ["app"]
