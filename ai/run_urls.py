"""Addresses of background runs: the page, and REST."""

from django.urls import path

from .api.runs import OneRun
from .views import runs

urlpatterns = [
    path("w/<slug:workspace>/ai/runs/<uuid:ai_run>/", runs.show, name="ai_run"),
    path("api/v1/workspaces/<slug:workspace>/ai/runs/<uuid:ai_run>/", OneRun.as_view()),
]
