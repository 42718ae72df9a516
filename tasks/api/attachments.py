"""Files and links of a task: …/attachments/, and …/attachments/<id>/file for the bytes."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request

from workspaces.api.activity import PersonOut
from workspaces.rest.cursor import Key, PageQuery, uuid
from workspaces.rest.fields import Strict, Text, unknown
from workspaces.rest.parse import StrictJSONParser
from workspaces.rest.schema import describes
from workspaces.rest.view import answer, nothing

from ..actions import add_file, add_link, remove_file, remove_link
from ..files import served, stage, take
from ..models import Attachment, Task
from ..reading.finding import find_task
from .details import Detail

KINDS = ("file", "link")
BY_ID = [Key("pk", uuid)]


class AttachmentOut(serializers.Serializer[Any]):
    """A file or a link."""

    id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=KINDS)
    name = serializers.CharField()
    url = serializers.URLField(help_text="where the link leads, or where the file is downloaded")
    size = serializers.IntegerField(allow_null=True, help_text="bytes of a file")
    content_type = serializers.CharField(allow_null=True, help_text="of a file, as its bytes say")
    sha256 = serializers.CharField(allow_null=True, help_text="of a file's bytes")
    uploader = PersonOut(allow_null=True)
    created_at = serializers.DateTimeField()


class AttachmentIn(Strict):
    """A web address to attach."""

    url = Text(max_length=2000)
    name = Text(max_length=200, required=False, allow_blank=True)


class AttachmentUpload(Strict):
    """A file to attach, as a form sends it."""

    file = serializers.FileField(max_length=1000, help_text="one file, with its name")


class Attachments(Detail):
    """The files and links of a task."""

    parser_classes = (StrictJSONParser, MultiPartParser)
    stage = staticmethod(stage)

    @describes("list_attachments", AttachmentOut, query=PageQuery, page=True)
    def get(self, request: Request, workspace: str, ref: str) -> HttpResponse:
        """The files and links, oldest first."""
        rows, task = self.under(Attachment, ref)
        return self.page(rows.select_related("uploader"), BY_ID, lambda row: self._row(row, task))

    @extend_schema(
        operation_id="create_attachment",
        request={"application/json": AttachmentIn, "multipart/form-data": AttachmentUpload},
        responses={201: AttachmentOut},
    )
    def post(self, request: Request, workspace: str, ref: str) -> HttpResponse:
        """Attach a web address, or a file sent as a form (`multipart/form-data`)."""
        task = find_task(self.by, ref)
        if request.content_type.startswith("multipart/"):
            _one_file(request)
            (upload,) = take(request._request)
            return answer(self._row(add_file(self.by, task, upload=upload), task), 201)
        return answer(self._row(add_link(self.by, task, **self.given(AttachmentIn)), task), 201)

    def _row(self, row: Attachment, task: Task) -> dict[str, Any]:
        row.task = task
        return attachment_row(row, self.request._request)


class OneAttachment(Detail):
    """One of them."""

    @describes("read_attachment", AttachmentOut)
    def get(self, request: Request, workspace: str, ref: str, attachment: UUID) -> HttpResponse:
        """The file or link."""
        return answer(attachment_row(self.find(Attachment, ref, attachment), request._request))

    @describes("delete_attachment", status=204)
    def delete(self, request: Request, workspace: str, ref: str, attachment: UUID) -> HttpResponse:
        """Take it off the task."""
        found = self.find(Attachment, ref, attachment)
        (remove_file if found.file else remove_link)(self.by, found)
        return nothing()


class AttachmentBytes(Detail):
    """What is in a file."""

    @extend_schema(
        operation_id="download_attachment",
        responses={(200, "*/*"): OpenApiResponse(OpenApiTypes.BINARY, "The file, as the kind that its bytes are")},
    )
    def get(self, request: Request, workspace: str, ref: str, attachment: UUID) -> Any:
        """The bytes, as a download."""
        found = self.find(Attachment, ref, attachment)
        if not found.file:
            raise Http404
        return served(found)


def _one_file(request: Request) -> None:
    """A form with one file in `file`, and nothing else."""
    if faults := unknown([name for name in request.data if name != "file"]):
        raise ValidationError(faults)
    if len(request._request.FILES.getlist("file")) != 1:
        raise ValidationError({"file": ["Send one file in this field."]})


def attachment_row(row: Attachment, request: HttpRequest) -> dict[str, Any]:
    """As the API says it."""
    uploader = row.uploader
    is_file = bool(row.file)
    return {
        "id": row.pk, "kind": "file" if is_file else "link", "name": row.name, "url": _address(row, request) if is_file else row.url,
        "size": row.size if is_file else None, "content_type": row.content_type if is_file else None,
        "sha256": row.sha256 if is_file else None, "uploader": uploader and {"id": uploader.pk, "name": str(uploader)},
        "created_at": row.created_at,
    }  # fmt: skip


def _address(row: Attachment, request: HttpRequest) -> str:
    base = f"/api/v1/workspaces/{request.by.workspace.slug}/tasks/{row.task.ref}"  # type: ignore[attr-defined]
    return request.build_absolute_uri(f"{base}/attachments/{row.pk}/file")
