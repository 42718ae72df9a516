"""The one socket address."""

from django.urls import path, re_path

from .live import live, nowhere

# ASGI applications where Django's types expect views: Channels' URLRouter takes them
routes = [path("ws/<slug:slug>/", live), re_path(r"", nowhere)]  # type: ignore[arg-type]
