"""The one socket address."""

from channels.routing import URLRouter  # noqa: F401
from django.urls import path

routes: list = []
