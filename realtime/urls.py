"""Addresses of the event stream."""

from django.urls import path

from .api import EventsView, SlashedEventsView

urlpatterns = [
    path("api/v1/workspaces/<slug:workspace>/events", EventsView.as_view(), name="api_events"),
    path("api/v1/workspaces/<slug:workspace>/events/", SlashedEventsView.as_view(), name="api_events_slashed"),
]
