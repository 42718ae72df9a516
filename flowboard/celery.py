"""Background work: jobs stand in each app's jobs.py (a Task is a card, never Celery's)."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "flowboard.settings")
app = Celery("flowboard")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(related_name="jobs")
