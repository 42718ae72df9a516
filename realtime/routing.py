"""The one socket address."""

from django.urls import path, re_path

from .live import live, nowhere

routes = [path("ws/<slug:slug>/", live), re_path(r"", nowhere)]
