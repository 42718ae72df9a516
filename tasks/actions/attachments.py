"""Files and links on a task. Each counts as an edit of its task; bytes lie in the storage before an action hears of them."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils import timezone

from workspaces import plans, tenancy
from workspaces.actor import Actor
from workspaces.errors import Refused
from workspaces.rules import line
from workspaces.spine import action

from ..files import Upload, forget
from ..models import Attachment, Task
from .details import hold, tell, turn

web_address = URLValidator(schemes=["http", "https"])
MOST_ATTACHMENTS = 500
KEPT_FOR = timedelta(days=30)  # a removed file can be brought back as long as a change can be undone


def room_for(task: Task, field: str) -> None:
    """A task has a limited number of files and links."""
    if task.attachments.filter(deleted_at=None).count() >= MOST_ATTACHMENTS:
        raise Refused(f"A task has at most {MOST_ATTACHMENTS} files and links.", field)


@action
def add_link(by: Actor, task: Task, *, url: str, name: str = "", source: str = "") -> Attachment:
    """Attach a web address to a task."""
    by.must("task.edit", task)
    hold(task)
    room_for(task, "url")
    try:
        web_address(url)
    except ValidationError as error:
        raise Refused("A link is a web address that starts with https:// or http://.", "url") from error
    link = Attachment(
        workspace_id=task.workspace_id,
        task=task,
        url=url,
        name=line(name or url[:200], "name", longest=200),
        uploader=by.user,
        source=source,
    )
    link.save(force_insert=True)
    tell(by, "link:created", link, {}, {"name": link.name, "url": link.url})
    return link


@action
def remove_link(by: Actor, link: Attachment) -> Attachment:
    """Take a link off a task."""
    by.must("task.edit", link)
    return turn(by, link, "link:deleted", timezone.now(), {"name": link.name, "url": link.url})


@action
def recover_link(by: Actor, link: Attachment) -> Attachment:
    """Bring a removed link back."""
    by.must("task.edit", link)
    return turn(by, link, "link:recovered", None, {"name": link.name, "url": link.url})


@action
def add_file(by: Actor, task: Task, *, upload: Upload) -> Attachment:
    """Attach an uploaded file to a task."""
    by.must("task.edit", task)
    hold(task)
    room_for(task, "file")
    plans.must_fit(by, "storage", upload.size)
    row = Attachment(
        workspace_id=task.workspace_id, task=task, name=upload.name, file=upload.path, size=upload.size,
        content_type=upload.content_type, sha256=upload.sha256, uploader=by.user,
    )  # fmt: skip
    row.save(force_insert=True)
    tell(by, "file:created", row, {}, _facts(row))
    return row


@action
def remove_file(by: Actor, file: Attachment) -> Attachment:
    """Take a file off a task; it is kept for 30 days, in which this can be undone."""
    by.must("task.edit", file)
    return turn(by, file, "file:deleted", timezone.now(), _facts(file))


@action
def recover_file(by: Actor, file: Attachment) -> Attachment:
    """Bring a removed file back."""
    by.must("task.edit", file)
    if not file.file:
        raise Refused(f"{file.name} was removed more than {KEPT_FOR.days} days ago and is deleted for good.")
    return turn(by, file, "file:recovered", None, _facts(file))


def _facts(file: Attachment) -> dict[str, Any]:
    return {"name": file.name, "size": file.size, "type": file.content_type, "sha256": file.sha256}


def bury_files(workspace_id: UUID, *, now: datetime) -> list[str]:
    """End the files that were removed 30 days ago: the rows forget them first, then the storage does. Returns their paths."""
    with tenancy.workspace(workspace_id, atomic=True):
        removed = Attachment.objects.within(workspace_id).filter(deleted_at__lt=now - KEPT_FOR).exclude(file="")
        paths = list(removed.select_for_update().values_list("file", flat=True))
        Attachment.objects.within(workspace_id).filter(file__in=paths).update(file="")
    for path in paths:
        forget(path)
    return paths
