"""The task queue: `celery -A config.celery worker` finds the tasks of every app."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("semblance")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
