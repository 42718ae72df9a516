"""The bare comparison: a Django view with `.values()` and orjson over the same rows, no middleware, no rights.

Run by bench.web as a WSGI application of its own, in the same run.
"""

import os
from uuid import UUID

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench._bare_settings")

import orjson
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path

application = get_wsgi_application()

from tasks.models import Task  # noqa: E402
from workspaces import tenancy  # noqa: E402

COLUMNS = (
    "number", "title", "status_id", "priority", "due", "estimate", "version", "created_at", "updated_at", "comment_count",
    "checklist_count", "checklist_done",
)  # fmt: skip


def rows(request: HttpRequest, workspace: UUID, project: UUID) -> HttpResponse:
    """50 rows of 12 columns, newest first."""
    with tenancy.workspace(workspace, atomic=True):
        found = (
            Task.objects.filter(workspace_id=workspace, project_id=project).open().order_by("-number").values(*COLUMNS)
        )
        body = orjson.dumps(list(found[:50]), default=str)
    return HttpResponse(body, content_type="application/json")


urlpatterns = [path("<uuid:workspace>/<uuid:project>/", rows)]
