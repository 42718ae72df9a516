"""Addresses of the event stream."""

from django.urls import path

from .api import Events, SlashedEvents

EVENTS = "api/v1/workspaces/<slug:workspace>/events"

urlpatterns = [
    path(EVENTS, Events.as_view()),
    path(f"{EVENTS}/", SlashedEvents.as_view()),
]
