"""The task queue. A message carries a run's id and nothing else; losing one costs seconds.

Here, not in `config`, so that whoever publishes finds the app configured without knowing settings.
"""

from celery import Celery

app = Celery("semblance")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["runs", "survey"])
