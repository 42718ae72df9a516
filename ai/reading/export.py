"""The calls of a month as CSV, streamed: read some at a time, each time in a transaction of its own."""

import csv
from collections.abc import Iterator
from datetime import UTC
from io import StringIO
from typing import Any

from django.http import StreamingHttpResponse

from workspaces import tenancy
from workspaces.exporting import TYPES, in_chunks, safe
from workspaces.rest.cursor import paged

from ..models import AIUsage
from .receipts import NEWEST, Receipts, prompt_names
from .usage import Usage

AT_ONCE = 1000
COLUMNS = (
    "when", "who", "who_id", "purpose", "provider", "model", "prompt", "budget", "input_tokens", "output_tokens", "cached_tokens",
    "cost_usd", "latency_ms", "outcome", "door", "sent",
)  # fmt: skip


def send(usage: Usage) -> StreamingHttpResponse:
    """The file as an answer."""
    name = f"{usage.by.workspace.slug}-ai-{usage.asked.month}.csv"
    return StreamingHttpResponse(
        in_chunks(table(usage)),
        content_type=TYPES["csv"],
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
    )


def table(usage: Usage) -> Iterator[str]:
    """A head, and a line a call, newest first."""
    yield "\ufeff" + _line(COLUMNS)  # so that a spreadsheet reads it as UTF-8
    cursor: str | None = ""
    receipts = Receipts(usage.by)
    while cursor is not None:
        with tenancy.workspace(usage.by.workspace.pk, atomic=True):
            page = paged(usage.rows().select_related("user"), NEWEST, {"cursor": cursor, "limit": AT_ONCE})
            prompts = prompt_names(page.rows)
            lines = [_line(_cells(row, prompts.get(row.prompt_id, ""), receipts.sent(row))) for row in page.rows]
        yield from lines
        cursor = page.next


def _cells(row: AIUsage, prompt: str, sent: list[str]) -> list[Any]:
    return [
        row.created_at.astimezone(UTC).isoformat(timespec="milliseconds"), row.user or "", row.user_id, row.purpose, row.provider,
        row.model, prompt, row.budget_kind, row.input_tokens, row.output_tokens, row.cached_tokens, dollars(row.cost_micros),
        row.latency_ms, row.outcome, row.via, "; ".join(sent),
    ]  # fmt: skip


def dollars(micros: int | None) -> str:
    """0.001234; empty where no price is known."""
    return "" if micros is None else f"{micros / 1_000_000:.6f}"


def _line(cells: Any) -> str:
    line = StringIO()
    csv.writer(line).writerow([safe(cell) for cell in cells])
    return line.getvalue()
