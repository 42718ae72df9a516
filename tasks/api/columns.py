"""…/projects/<KEY>/statuses/ and …/labels/: what a board is made of."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from rest_framework import serializers
from rest_framework.request import Request

from workspaces.rest.cursor import Key, PageQuery, uuid, word
from workspaces.rest.fields import Choice, Strict, Text, Whole
from workspaces.rest.schema import describes
from workspaces.rest.view import Endpoint, answer, nothing

from ..actions import (
    add_status,
    create_label,
    delete_label,
    move_status,
    remove_status,
    update_label,
    update_status,
)
from ..models import COLORS, Label, Status
from ..reading.finding import find_label, find_project, find_status, labels_of
from .board import status_row
from .naming import status_named

LEFT_TO_RIGHT = [Key("rank", word)]
BY_ID = [Key("pk", uuid)]


class StatusOut(serializers.Serializer[Any]):
    """A column of the board."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    category = serializers.ChoiceField(choices=Status.Category.choices)
    wip_limit = serializers.IntegerField(allow_null=True)


class StatusChange(Strict):
    """Only what is sent is changed."""

    name = Text(max_length=60, required=False)
    category = Choice(choices=Status.Category.choices, required=False)
    wip_limit = Whole(min_value=1, max_value=999, allow_null=True, required=False)


class StatusIn(StatusChange):
    """A new column, at the right end."""

    name = Text(max_length=60)


class StatusMove(Strict):
    """To the right of which column; null is the left end."""

    after = Text(max_length=60, allow_null=True, help_text="id or name")


class Into(Strict):
    """Which column takes the cards."""

    into = Text(max_length=60, required=False, help_text="id or name; needed where there are cards")


class Statuses(Endpoint):
    """The columns of a board."""

    @describes("list_statuses", StatusOut, query=PageQuery, page=True)
    def get(self, request: Request, workspace: str, key: str) -> HttpResponse:
        """The columns from left to right."""
        return self.page(find_project(self.by, key).statuses.filter(deleted_at=None), LEFT_TO_RIGHT, status_row)

    @describes("create_status", StatusOut, status=201, body=StatusIn)
    def post(self, request: Request, workspace: str, key: str) -> HttpResponse:
        """Add a column at the right end."""
        return answer(status_row(add_status(self.by, find_project(self.by, key), **self.given(StatusIn))), 201)


class OneStatus(Endpoint):
    """One column."""

    @describes("read_status", StatusOut)
    def get(self, request: Request, workspace: str, key: str, status: UUID) -> HttpResponse:
        """The column."""
        return answer(status_row(find_status(find_project(self.by, key), status)))

    @describes("update_status", StatusOut, body=StatusChange)
    def patch(self, request: Request, workspace: str, key: str, status: UUID) -> HttpResponse:
        """Rename it, or change its category or limit."""
        found = find_status(find_project(self.by, key), status)
        return answer(status_row(update_status(self.by, found, **self.given(StatusChange))))

    @describes("delete_status", status=204, query=Into)
    def delete(self, request: Request, workspace: str, key: str, status: UUID) -> HttpResponse:
        """Remove it; its cards go to the foot of `into`."""
        project = find_project(self.by, key)
        found, said = find_status(project, status), self.asked(Into)
        self.by.must("project.manage", project)
        remove_status(self.by, found, into=status_named(project, said["into"], "into") if said else None)
        return nothing()


class MoveStatus(Endpoint):
    """Moving a column."""

    @describes("move_status", StatusOut, body=StatusMove)
    def post(self, request: Request, workspace: str, key: str, status: UUID) -> HttpResponse:
        """Move it to the right of another one, or to the left end."""
        project = find_project(self.by, key)
        found, after = find_status(project, status), self.given(StatusMove)["after"]
        self.by.must("project.manage", project)
        return answer(
            status_row(move_status(self.by, found, after=status_named(project, after, "after") if after else None))
        )


class LabelOut(serializers.Serializer[Any]):
    """A coloured word on tasks."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    color = serializers.ChoiceField(choices=COLORS)


class LabelChange(Strict):
    """Only what is sent is changed."""

    name = Text(max_length=40, required=False)
    color = Choice(choices=COLORS, required=False)


class LabelIn(LabelChange):
    """A new label."""

    name = Text(max_length=40)


class Labels(Endpoint):
    """The labels of a project."""

    @describes("list_labels", LabelOut, query=PageQuery, page=True)
    def get(self, request: Request, workspace: str, key: str) -> HttpResponse:
        """The labels, oldest first."""
        return self.page(labels_of(self.by, find_project(self.by, key)), BY_ID, label_row)

    @describes("create_label", LabelOut, status=201, body=LabelIn)
    def post(self, request: Request, workspace: str, key: str) -> HttpResponse:
        """Make a label."""
        return answer(label_row(create_label(self.by, find_project(self.by, key), **self.given(LabelIn))), 201)


class OneLabel(Endpoint):
    """One label."""

    @describes("read_label", LabelOut)
    def get(self, request: Request, workspace: str, key: str, label: UUID) -> HttpResponse:
        """The label."""
        return answer(label_row(find_label(self.by, find_project(self.by, key), label)))

    @describes("update_label", LabelOut, body=LabelChange)
    def patch(self, request: Request, workspace: str, key: str, label: UUID) -> HttpResponse:
        """Change its name or colour."""
        found = find_label(self.by, find_project(self.by, key), label)
        return answer(label_row(update_label(self.by, found, **self.given(LabelChange))))

    @describes("delete_label", status=204)
    def delete(self, request: Request, workspace: str, key: str, label: UUID) -> HttpResponse:
        """Remove it from the project and from all its tasks."""
        delete_label(self.by, find_label(self.by, find_project(self.by, key), label))
        return nothing()


def label_row(label: Label) -> dict[str, Any]:
    """As the API says it."""
    return {"id": label.pk, "name": label.name, "color": label.color}
