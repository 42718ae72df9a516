"""…/audit/: the whole record with its proof, and the same as a file; for who may read the audit."""

from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.request import Request

from ..actor import VIA
from ..audit import LONGEST, Audit, read_asked
from ..exporting import send
from ..models import ActivityLog
from ..rest.cursor import PageQuery
from ..rest.fields import Strict
from ..rest.schema import describes
from ..rest.view import Endpoint, answer
from .activity import ActivityOut, activity_row

BIGGEST = 2**63 - 1


class AuditOut(ActivityOut):
    """A row of the record with its place in the chain."""

    withheld = serializers.BooleanField(help_text="true: of a private project that you are not in; its facts are empty")
    erased_seq = serializers.IntegerField(
        allow_null=True, help_text="the row that tells of a person's erasure from this one"
    )
    facts_hash = serializers.CharField()
    prev_hash = serializers.CharField()
    hash = serializers.CharField()


class Filters(Strict):
    """What to show of the record."""

    person = serializers.CharField(max_length=36, required=False, help_text="an id, `support` or `programs`")
    via = serializers.ChoiceField(VIA, required=False, help_text="the door")
    event = serializers.CharField(max_length=40, required=False, help_text="task:moved")
    since = serializers.DateField(required=False, help_text="the first day, in UTC")
    until = serializers.DateField(required=False, help_text="the last day, in UTC")
    about = serializers.CharField(max_length=LONGEST, required=False, help_text="FLOW-42, or a word of the name")


class AuditQuery(Filters, PageQuery):
    """What to show of the record, a page at a time."""


class ExportQuery(Filters):
    """What to take out; a whole range of the record, which can be checked for gaps, has no filter."""

    format = serializers.ChoiceField(["csv", "jsonl"])
    from_seq = serializers.IntegerField(required=False, min_value=1, max_value=BIGGEST)
    to_seq = serializers.IntegerField(required=False, min_value=1, max_value=BIGGEST)


class AuditLog(Endpoint):
    """The audit log."""

    @describes("list_audit", AuditOut, query=AuditQuery, page=True)
    def get(self, request: Request, workspace: str) -> HttpResponse:
        """Everything that was done, newest first by time. A page may be short of its limit, even empty, and have a next one."""
        asked = self.asked(AuditQuery)
        audit = Audit(self.by, read_asked(_texts(asked)))
        page = audit.page(asked.get("cursor", ""), asked["limit"]).page
        return answer(page.shown(request._request, [audit_row(row, audit.withheld(row)) for row in page.rows]))


class Anything(BaseContentNegotiation):
    """`format` is ours, and what is sent is what it says."""

    def select_parser(self, request: Any, parsers: Any) -> Any:
        return parsers[0]

    def select_renderer(self, request: Any, renderers: Any, format_suffix: Any = None) -> Any:
        return renderers[0], renderers[0].media_type


class AuditExport(Endpoint):
    """The record as a file."""

    content_negotiation_class = Anything

    @extend_schema(
        operation_id="export_audit",
        parameters=[ExportQuery],
        tags=["audit"],
        responses={
            (200, "application/x-ndjson"): OpenApiResponse(
                OpenApiTypes.STR, "a line that says what it is, then a row a line"
            ),
            (200, "text/csv"): OpenApiResponse(OpenApiTypes.STR, "the rows with names and sentences"),
        },
    )
    def get(self, request: Request, workspace: str) -> HttpResponseBase:
        """The rows as a file, streamed. As JSON Lines, `bin/verify_export` checks it offline. Taking it is an event itself."""
        asked = self.asked(ExportQuery)
        audit = Audit(self.by, read_asked(_texts(asked)))
        return send(audit, asked["format"], first=asked.get("from_seq", 1), last=asked.get("to_seq"))


def _texts(asked: dict[str, Any]) -> dict[str, str]:
    return {name: str(asked[name]) for name in Filters().fields if name in asked}


def audit_row(row: ActivityLog, withheld: bool) -> dict[str, Any]:
    """As the API says it."""
    told = activity_row(row) | {
        "withheld": withheld, "erased_seq": row.erased_seq, "facts_hash": row.facts_hash,
        "prev_hash": row.prev_hash, "hash": row.hash,
    }  # fmt: skip
    if withheld:
        subject = {"type": row.subject_type, "id": row.subject_id, "key": "", "label": ""}
        told |= {"sentence": "did something in a private project", "before": {}, "after": {}, "subject": subject}
    return told
