"""Addresses of the event stream, and of who is here."""

from django.urls import path

from .api import Events, SlashedEvents
from .presence.api import Presence

EVENTS = "api/v1/workspaces/<slug:workspace>/events"

urlpatterns = [
    path(EVENTS, Events.as_view()),
    path(f"{EVENTS}/", SlashedEvents.as_view()),
    path("api/v1/workspaces/<slug:workspace>/presence/", Presence.as_view()),
]
