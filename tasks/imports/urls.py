"""Addresses of imports: pages and REST."""

from django.urls import path

from ..api.imports import Import, Imports
from ..views import imports

urlpatterns = [
    path("w/<slug:workspace>/imports/new/", imports.new, name="import_new"),
    path("w/<slug:workspace>/imports/<uuid:run>/", imports.show, name="import"),
    path("api/v1/workspaces/<slug:workspace>/imports/", Imports.as_view(), name="api_imports"),
    path("api/v1/workspaces/<slug:workspace>/imports/<uuid:run>/", Import.as_view(), name="api_import"),
]
