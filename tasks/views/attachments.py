"""Files and links of a task on its page: adding, taking off, downloading, seeing."""

from typing import Any
from uuid import UUID

from django.http import FileResponse, Http404, HttpResponse

from workspaces.door import MemberRequest
from workspaces.errors import Refused
from workspaces.pages import NOT_OURS, member_page, sent

from .. import actions, files
from ..models import Attachment
from ..reading.finding import find_task
from .details import one_of, told


def _taking_files(view: Any) -> Any:
    view.stage = files.stage
    return view


@_taking_files
@member_page("POST")
def attachments(request: MemberRequest, ref: str) -> HttpResponse:
    """Attach the files of the form, or the web address in `url`."""
    task = find_task(request.by, ref)
    if request.content_type != "multipart/form-data":
        actions.add_link(request.by, task, url=sent(request, "url").get("url", "").strip())
        return told(request, task)
    if unknown := next((name for name in (*request.POST, *request.FILES) if name not in {"file", *NOT_OURS}), None):
        raise Refused(f"There is no field {unknown[:60]!r} here.", unknown[:60])
    for upload in files.take(request):
        actions.add_file(request.by, task, upload=upload)
    return told(request, task)


@member_page("DELETE")
def attachment(request: MemberRequest, ref: str, attachment: UUID) -> HttpResponse:
    """Take a file or link off the task."""
    task, _ = find_task(request.by, ref), sent(request)
    row = one_of(task, Attachment, attachment)
    (actions.remove_file if row.file else actions.remove_link)(request.by, row)
    return told(request, task)


@member_page("GET")
def download(request: MemberRequest, ref: str, attachment: UUID) -> FileResponse:
    """The file."""
    return files.served(_file(request, ref, attachment))


@member_page("GET")
def preview(request: MemberRequest, ref: str, attachment: UUID) -> FileResponse:
    """The picture we have drawn of an image."""
    return files.served_preview(_file(request, ref, attachment))


def _file(request: MemberRequest, ref: str, key: UUID) -> Attachment:
    row: Attachment = one_of(find_task(request.by, ref), Attachment, key)
    if not row.file:
        raise Http404
    return row
