"""The project's settings with nothing but the models: no middleware, no addresses."""

from flowboard.settings import *  # noqa: F403

INSTALLED_APPS = [
    "django.contrib.auth", "django.contrib.contenttypes", "django.contrib.postgres", "guardian", "accounts", "workspaces", "tasks",
]  # fmt: skip
MIDDLEWARE: list[str] = []
ROOT_URLCONF = "bench._bare"
