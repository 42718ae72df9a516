"""Addresses of the AI's pages."""

from django.urls import path

from .views import connections, settings, usage

W = "w/<slug:workspace>/"

urlpatterns = [
    path(f"{W}settings/ai/", settings.ai_settings, name="ai_settings"),
    path(f"{W}settings/ai/connections/", connections.connections, name="ai_connections"),
    path(f"{W}settings/ai/connections/<uuid:connection>/", connections.connection, name="ai_connection"),
    path(f"{W}settings/ai/connections/<uuid:connection>/place/", connections.place, name="ai_place"),
    path(f"{W}settings/ai/connections/<uuid:connection>/check/", connections.check, name="ai_check"),
    path(f"{W}ai/", usage.ai_usage, name="ai_usage"),
    path(f"{W}ai/export/", usage.ai_usage_export, name="ai_usage_export"),
    path(f"{W}ai/<uuid:usage>/", usage.ai_receipt, name="ai_receipt"),
]
