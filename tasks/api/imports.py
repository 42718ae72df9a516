"""POST …/imports/ and GET …/imports/<id>/: the same import as the page's, for programs."""

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import ParseError, ValidationError
from rest_framework.parsers import BaseParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from workspaces.rest.fields import Strict, unknown
from workspaces.rest.view import Endpoint

from ..actions.imports import start_import
from ..imports import trello
from ..imports.fault import ImportFault
from ..imports.intake import READ_AT_ONCE, look, run_seen_by, undone
from ..imports.progress import progress_of
from ..imports.reading import Node, load
from ..models import ImportRun

FIELDS = {"kind", "data", "again", "file"}


class ImportBoard(Strict):
    """The board as JSON in `data`; or, in a multipart form, the exported file in `file`."""

    kind = serializers.CharField(max_length=20, default="trello", help_text="Where the board comes from: trello")
    data = serializers.DictField(help_text="The export of the board, as Trello gives it.")
    again = serializers.BooleanField(
        default=False, help_text="Import as a copy, although this board was imported before."
    )


class ImportUpload(Strict):
    """A file as a browser's form sends it."""

    kind = serializers.CharField(max_length=20, default="trello", help_text="Where the board comes from: trello")
    file = serializers.FileField(max_length=1000)
    again = serializers.BooleanField(default=False)


class ImportAnswer(serializers.Serializer[Any]):
    """Where an import stands."""

    id = serializers.UUIDField()
    kind = serializers.CharField()
    state = serializers.CharField(help_text="queued, running, done or failed")
    progress = serializers.IntegerField(help_text="Percent")
    step = serializers.CharField()
    project = serializers.CharField(allow_null=True, help_text="The key of the project that was made or added to")
    report = serializers.DictField(allow_null=True)
    error = serializers.CharField(allow_null=True, help_text="Names the line or the field of the file at fault")
    change = serializers.UUIDField(allow_null=True, help_text="Undo it with POST …/changes/<id>/undo/")
    undone = serializers.BooleanField()
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)


class BoardParser(BaseParser):
    """JSON read by the importer's own reader: larger than other bodies may be, and with a place for each fault."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Node:
        try:
            return load(stream.read())
        except ImportFault as fault:
            raise ParseError(str(fault)) from fault


@dataclass(frozen=True)
class _Wanted:
    """What a caller asks for, whichever way it was sent."""

    data: bytes
    kind: str = "trello"
    again: bool = False
    file_name: str = ""


class Imports(Endpoint):
    """Imports of a workspace."""

    parser_classes = (BoardParser, MultiPartParser)

    @extend_schema(
        operation_id="imports_create",
        request={"application/json": ImportBoard, "multipart/form-data": ImportUpload},
        responses={202: ImportAnswer},
    )
    def post(self, request: Request, workspace: str) -> Response:
        """Start an import; a worker does it. A broken file of ordinary size is refused at once."""
        self.by.must("import.run")
        wanted = _from_json(request.data) if isinstance(request.data, Node) else _from_form(request)
        run = start_import(self.by, data=wanted.data, kind=wanted.kind, again=wanted.again, file_name=wanted.file_name)
        return Response(_answer(run), status=status.HTTP_202_ACCEPTED)


class Import(Endpoint):
    """One import."""

    @extend_schema(operation_id="imports_retrieve", responses=ImportAnswer)
    def get(self, request: Request, workspace: str, run: UUID) -> Response:
        """How far it is, or what came of it."""
        return Response(_answer(run_seen_by(self.by, run)))


def _from_json(root: Node) -> _Wanted:
    """The wrapped form, or the export itself as the body."""
    try:
        fields = root.object()
        if "lists" in fields and "data" not in fields:
            return _Wanted(_looked_at(root))
        if faults := unknown(sorted(fields.keys() - (FIELDS - {"file"}))):
            raise ValidationError(faults)
        kind, again, data = root.get("kind"), root.get("again"), _looked_at(root.need("data"))
        return _Wanted(data, kind.text(20) if kind else "trello", again.flag() if again else False)
    except ImportFault as fault:
        raise ValidationError({fault.place or "data": [fault.why]}) from fault


def _looked_at(node: Node) -> bytes:
    """The board as a file; one of ordinary size is read already here, so that a fault is named by its place in the body."""
    data = json.dumps(node.value).encode()
    if len(data) <= READ_AT_ONCE:
        trello.parse_board(node)
    return data


def _from_form(request: Request) -> _Wanted:
    file = request.data.get("file")
    if faults := unknown(sorted(set(request.data) - (FIELDS - {"data"}))):
        raise ValidationError(faults)
    if not isinstance(file, UploadedFile):
        raise ValidationError({"file": ["Send the exported file in this field."]})
    data = file.read()
    try:
        look(data)
    except ImportFault as fault:
        raise ValidationError({"file": [str(fault)]}) from fault
    fields = ImportUpload(data=request.data)
    fields.is_valid(raise_exception=True)
    return _Wanted(data, fields.validated_data["kind"], fields.validated_data["again"], file.name or "")


def _answer(run: ImportRun) -> dict[str, Any]:
    progress = progress_of(run)
    return {
        "id": run.pk, "kind": run.kind, "state": run.state, "progress": progress.percent, "step": progress.step,
        "project": run.project and run.project.key, "report": run.report or None, "error": run.error or None,
        "change": run.change_id, "undone": undone(run), "created_at": run.created_at, "finished_at": run.finished_at,
    }  # fmt: skip
