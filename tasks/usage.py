"""How much of its plan a workspace uses of what this app keeps."""

from uuid import UUID

from django.db.models import Sum

from .models import Attachment, Project


def count_projects(workspace_id: UUID) -> int:
    """Archived ones too."""
    return int(Project.objects.within(workspace_id).filter(deleted_at=None).count())


def stored_bytes(workspace_id: UUID) -> int:
    """The files of all tasks; removed ones too, for as long as they can be brought back."""
    files = Attachment.objects.within(workspace_id).exclude(file="")
    return int(files.aggregate(bytes=Sum("size"))["bytes"] or 0)
