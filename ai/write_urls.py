"""Where words are written: for the editor, and for programs."""

from django.urls import path

from .api.writing import Complete
from .views.writing import write

urlpatterns = [
    path("w/<slug:workspace>/ai/write/", write, name="ai_write"),
    path("api/v1/workspaces/<slug:workspace>/ai/complete/", Complete.as_view()),
]
