"""The project's settings without its middleware and addresses."""

from flowboard.settings import *  # noqa: F403

MIDDLEWARE: list[str] = []
ROOT_URLCONF = "bench._bare"
