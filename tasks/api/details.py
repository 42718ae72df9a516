"""What is written on a task: …/comments/, …/checklist/."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.request import Request

from workspaces.api.activity import PersonOut
from workspaces.rest.cursor import Key, PageQuery, moment, uuid, word
from workspaces.rest.fields import Flag, Strict, Text, Whole
from workspaces.rest.schema import describes
from workspaces.rest.view import Endpoint, answer, nothing

from ..actions import (
    add_checklist_item,
    create_comment,
    delete_comment,
    remove_checklist_item,
    update_checklist_item,
    update_comment,
)
from ..models import ChecklistItem, Comment
from ..reading.finding import find_task

OLDEST = [Key("created_at", moment), Key("pk", uuid)]
IN_ORDER = [Key("rank", word), Key("pk", uuid)]


class CommentOut(serializers.Serializer[Any]):
    """What somebody said."""

    id = serializers.UUIDField()
    author = PersonOut(allow_null=True)
    author_name = serializers.CharField(help_text="of whom is not a member: an import names them")
    body = serializers.CharField(help_text="Markdown")
    version = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    edited_at = serializers.DateTimeField(allow_null=True)


class CommentIn(Strict):
    """What to say."""

    body = Text(max_length=50_000, help_text="Markdown")


class CommentChange(CommentIn):
    """Other words."""

    version = Whole(
        min_value=1, required=False, help_text="that they were made on: what changed since is merged, or 409"
    )


class ChecklistOut(serializers.Serializer[Any]):
    """A line of the checklist."""

    id = serializers.UUIDField()
    group = serializers.CharField()
    text = serializers.CharField()
    done = serializers.BooleanField()
    version = serializers.IntegerField()


class ChecklistChange(Strict):
    """Only what is sent is changed."""

    text = Text(max_length=500, required=False)
    done = Flag(required=False)
    version = Whole(min_value=1, required=False, help_text="that the text was made on: 409 when it changed since")


class ChecklistIn(Strict):
    """A new line, at the end."""

    text = Text(max_length=500)
    done = Flag(required=False)
    group = Text(max_length=100, allow_blank=True, required=False, help_text="heading")


class Detail(Endpoint):
    """Finds the task, then the row that hangs on it."""

    def under(self, model: Any, ref: str) -> Any:
        """The task's rows of a kind, and the task itself in each."""
        task = find_task(self.by, ref)
        return model.objects.filter(workspace=self.by.workspace, task=task, deleted_at=None), task

    def find(self, model: Any, ref: str, key: UUID) -> Any:
        """One of them."""
        rows, task = self.under(model, ref)
        found = get_object_or_404(rows, pk=key)
        found.task = task
        return found


class Comments(Detail):
    """What was said on a task."""

    @describes("list_comments", CommentOut, query=PageQuery, page=True)
    def get(self, request: Request, workspace: str, ref: str) -> HttpResponse:
        """The comments, oldest first."""
        return self.page(self.under(Comment, ref)[0].select_related("author"), OLDEST, comment_row)

    @describes("create_comment", CommentOut, status=201, body=CommentIn)
    def post(self, request: Request, workspace: str, ref: str) -> HttpResponse:
        """Say something."""
        return answer(comment_row(create_comment(self.by, find_task(self.by, ref), **self.given(CommentIn))), 201)


class OneComment(Detail):
    """One comment."""

    @describes("read_comment", CommentOut)
    def get(self, request: Request, workspace: str, ref: str, comment: UUID) -> HttpResponse:
        """The comment."""
        return answer(comment_row(self.find(Comment, ref, comment)))

    @describes("update_comment", CommentOut, body=CommentChange)
    def patch(self, request: Request, workspace: str, ref: str, comment: UUID) -> HttpResponse:
        """Change your own comment."""
        found = self.find(Comment, ref, comment)
        return answer(comment_row(update_comment(self.by, found, **_based(self.given(CommentChange)))))

    @describes("delete_comment", status=204)
    def delete(self, request: Request, workspace: str, ref: str, comment: UUID) -> HttpResponse:
        """Delete your own comment, or anybody's where you may delete tasks."""
        delete_comment(self.by, self.find(Comment, ref, comment))
        return nothing()


class Checklist(Detail):
    """The checklist of a task."""

    @describes("list_checklist", ChecklistOut, query=PageQuery, page=True)
    def get(self, request: Request, workspace: str, ref: str) -> HttpResponse:
        """The lines in order."""
        return self.page(self.under(ChecklistItem, ref)[0], IN_ORDER, checklist_row)

    @describes("create_checklist_item", ChecklistOut, status=201, body=ChecklistIn)
    def post(self, request: Request, workspace: str, ref: str) -> HttpResponse:
        """Add a line at the end."""
        item = add_checklist_item(self.by, find_task(self.by, ref), **self.given(ChecklistIn))
        return answer(checklist_row(item), 201)


class OneChecklistItem(Detail):
    """One line of a checklist."""

    @describes("read_checklist_item", ChecklistOut)
    def get(self, request: Request, workspace: str, ref: str, item: UUID) -> HttpResponse:
        """The line."""
        return answer(checklist_row(self.find(ChecklistItem, ref, item)))

    @describes("update_checklist_item", ChecklistOut, body=ChecklistChange)
    def patch(self, request: Request, workspace: str, ref: str, item: UUID) -> HttpResponse:
        """Change its text, or tick it."""
        found = self.find(ChecklistItem, ref, item)
        said = _based(self.given(ChecklistChange))
        return answer(checklist_row(update_checklist_item(self.by, found, **said)))

    @describes("delete_checklist_item", status=204)
    def delete(self, request: Request, workspace: str, ref: str, item: UUID) -> HttpResponse:
        """Remove it."""
        remove_checklist_item(self.by, self.find(ChecklistItem, ref, item))
        return nothing()


def _based(said: dict[str, Any]) -> dict[str, Any]:
    """`version` is what the actions call the base."""
    return {"base" if name == "version" else name: value for name, value in said.items()}


def comment_row(comment: Comment) -> dict[str, Any]:
    """As the API says it."""
    author = comment.author
    return {
        "id": comment.pk, "author": author and {"id": author.pk, "name": str(author)}, "author_name": comment.author_name,
        "body": comment.body, "version": comment.version, "created_at": comment.created_at, "edited_at": comment.edited_at,
    }  # fmt: skip


def checklist_row(item: ChecklistItem) -> dict[str, Any]:
    """As the API says it."""
    return {"id": item.pk, "group": item.group, "text": item.text, "done": item.done, "version": item.version}
