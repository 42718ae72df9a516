"""Every address."""

from django.contrib import admin
from django.urls import include, path

from . import api_docs, views

urlpatterns = [
    path("healthz", views.alive, name="healthz"),
    path("readyz", views.ready, name="readyz"),
    path("favicon.ico", views.favicon, name="favicon"),
    path("accounts/", include("accounts.entrance_urls")),
    path("", include("accounts.urls")),
    path("", include("workspaces.urls")),
    path("", include("tasks.urls")),
    path("", include("tasks.imports.urls")),
    path("", include("billing.urls")),
    path("", include("ai.urls")),
    path("", include("realtime.urls")),
    path("", include("ai.run_urls")),
    path("", include("ai.write_urls")),
    path("", include("ai.feature_urls")),
    path("", include("workspaces.api_urls")),
    path("", include("tasks.api_urls")),
    path("", include("billing.api_urls")),
    path("", include("ai.api_urls")),
    path("", include("office.urls")),
    path("api/schema/", api_docs.schema, name="schema"),
    path("api/docs/", api_docs.docs, name="api_docs"),
    path("admin/", admin.site.urls),
]
handler400 = "flowboard.errors.bad_request"
handler403 = "flowboard.errors.forbidden"
handler404 = "flowboard.errors.not_found"
handler500 = "flowboard.errors.failed"
