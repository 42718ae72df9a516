"""Addresses of the AI for programs."""

from django.urls import path

from .api.connections import CheckConnection, Connections, OneConnection
from .api.settings import AISettingsOf
from .api.usage import UsageExport, UsageRows, UsageTotals

BASE = "api/v1/workspaces/<slug:workspace>/ai/"

urlpatterns = [
    path(f"{BASE}settings/", AISettingsOf.as_view()),
    path(f"{BASE}connections/", Connections.as_view()),
    path(f"{BASE}connections/<uuid:connection>/", OneConnection.as_view()),
    path(f"{BASE}connections/<uuid:connection>/check/", CheckConnection.as_view()),
    path(f"{BASE}usage/", UsageRows.as_view()),
    path(f"{BASE}usage/summary/", UsageTotals.as_view()),
    path(f"{BASE}usage/export/", UsageExport.as_view()),
]
