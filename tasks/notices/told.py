"""Items in plain text, for whoever is told of them outside of the inbox: by mail and push."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import F, Q
from django.urls import reverse

from workspaces.actor import Actor

from ..models import Delivery, Notification
from .drawing import drawn
from .reading import awake, seen_items


@dataclass(frozen=True)
class Line:
    """One item: what it is about, what happened to it, what was written, and where that stands."""

    item: Notification
    about: str
    sentence: str
    quote: str
    path: str

    @property
    def url(self) -> str:
        return f"{settings.SITE_URL}{self.path}"


def lines_of(by: Actor, row: Delivery) -> list[Line]:
    """Of a delivery's items those that are still news: seen, unread, awake, and not mailed since.

    A push goes to each of somebody's devices, so that one of them was told says nothing of the others.
    """
    rows = awake(seen_items(by)).filter(pk__any=row.notices, read_at=None)
    if row.channel == Delivery.Channel.MAIL:
        rows = rows.filter(Q(mailed_at=None) | Q(mailed_at__lt=F("told_at")))
    items = [one for one in rows.select_related("task").order_by("-needs_me", "told_at", "pk") if not _is_over(one)]
    return [_line(by, one, drawing) for one, drawing in zip(items, drawn(by, items), strict=True)]


def _is_over(one: Notification) -> bool:
    """A reminder of what is done meanwhile, or due on another day."""
    if not one.once or one.task is None:
        return False
    return not one.task.is_open or one.task.completed_at is not None or not one.once.endswith(f":{one.task.due}")


def _line(by: Actor, one: Notification, drawing: dict[str, Any]) -> Line:
    who = f"{drawing['who']['name']} {drawing['others']}".strip() if drawing["who"] else ""
    sentence = drawing["sentence"] if not (who and drawing["named"]) else f"{who} {drawing['sentence']}"
    named = ", ".join(task["ref"] for task in drawing["tasks"]) + (" …" if drawing["more"] else "")
    about = f"{drawing['ref']} {drawing['title']}".strip() or named or by.workspace.name
    return Line(one, about, sentence, drawing["said"], drawing["url"] or reverse("inbox", args=[by.workspace.slug]))
