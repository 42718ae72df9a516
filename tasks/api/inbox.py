"""…/inbox/: what one was told, and what one does with it; …/watch/: what one follows."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from rest_framework import serializers
from rest_framework.request import Request

from workspaces.rest.cursor import Key, PageQuery, moment, paged, uuid
from workspaces.rest.fields import Choice, Flag, Nothing, Strict
from workspaces.rest.schema import describes
from workspaces.rest.view import Endpoint, answer, nothing

from ..actions import notices as actions
from ..actions.preferences import prefer
from ..models import Notification, Project, Reason, Task, Watch
from ..notices.drawing import drawn
from ..notices.reading import BOXES, counts, find_item, in_box, seen_items
from ..reading.finding import find_project, find_task

NEWEST = [Key("shown_at", moment, down=True), Key("pk", uuid, down=True)]


class InboxQuery(PageQuery):
    """Which items."""

    box = serializers.ChoiceField(
        choices=list(BOXES),
        required=False,
        default="needs_me",
        help_text="; ".join(f"{name}: {words}" for name, words in BOXES.items()),
    )


class WhoOut(serializers.Serializer[Any]):
    """Who acted."""

    id = serializers.UUIDField()
    name = serializers.CharField()


class ItemOut(serializers.Serializer[Any]):
    """One thing that you were told: an act, or several on the same task that came before you read it."""

    id = serializers.UUIDField()
    reason = serializers.ChoiceField(choices=Reason.values)
    because = serializers.CharField(help_text="why you were told")
    needs_me = serializers.BooleanField()
    by = WhoOut(allow_null=True, help_text="who acted last; null for a reminder")
    sentence = serializers.CharField(help_text="follows the name of who acted")
    said = serializers.CharField(allow_blank=True, help_text="the beginning of the comment")
    task = serializers.CharField(
        allow_null=True, help_text="FLOW-42; null for a bulk act and for what is about no task"
    )
    title = serializers.CharField(allow_blank=True)
    count = serializers.IntegerField(help_text="acts on the task, or tasks of the bulk act")
    tasks = serializers.ListField(child=serializers.CharField(), help_text="the first tasks of a bulk act")
    unread = serializers.BooleanField()
    done = serializers.BooleanField()
    snoozed_until = serializers.DateTimeField(allow_null=True)
    at = serializers.DateTimeField()


class CountsOut(serializers.Serializer[Any]):
    """How much is unread; at most 100 are counted."""

    needs_me = serializers.IntegerField()
    activity = serializers.IntegerField()


class SnoozeIn(Strict):
    """Until when."""

    until = serializers.DateTimeField(help_text="within a year")


class OnIn(Strict):
    """On, or taken back."""

    on = Flag(required=False, default=True)


class BoxIn(Strict):
    """Which box is read."""

    box = Choice(choices=["needs_me", "activity"])


class ReadOut(serializers.Serializer[Any]):
    """What was marked."""

    read = serializers.IntegerField()
    at = serializers.DateTimeField(help_text="for DELETE, which takes it back")


class AtQuery(Strict):
    """When it was done."""

    at = serializers.DateTimeField()


class MuteIn(Strict):
    """A reason for which you want to hear nothing, or again."""

    reason = Choice(choices=Reason.values)
    muted = Flag(required=False, default=True)


class WatchIn(Strict):
    """watching: hear of it; muted: only what is meant for you; null: as by itself."""

    level = Choice(choices=Watch.Level.values, allow_null=True)


class WatchOut(serializers.Serializer[Any]):
    """What you have chosen."""

    level = serializers.ChoiceField(choices=Watch.Level.values, allow_null=True)


class Inbox(Endpoint):
    """One's own inbox."""

    @describes("list_inbox", ItemOut, query=InboxQuery, page=True, tag="inbox")
    def get(self, request: Request, workspace: str) -> HttpResponse:
        """What you were told, newest first."""
        asked = self.asked(InboxQuery)
        box = asked["box"]
        page = paged(in_box(seen_items(self.by), box), NEWEST, asked, order=box)
        return answer(page.shown(self.request._request, [item_row(one) for one in drawn(self.by, page.rows)]))


class InboxCounts(Endpoint):
    """The number beside the inbox."""

    @describes("count_inbox", CountsOut, query=Nothing, tag="inbox")
    def get(self, request: Request, workspace: str) -> HttpResponse:
        """How many items are unread."""
        self.asked(Nothing)
        return answer(counts(self.by))


class ReadAll(Endpoint):
    """A whole box."""

    @describes("read_inbox", ReadOut, body=BoxIn, tag="inbox")
    def post(self, request: Request, workspace: str) -> HttpResponse:
        """Mark everything in a box as read."""
        count, at = actions.read_box(self.by, box=self.given(BoxIn)["box"])
        return answer({"read": count, "at": at})

    @describes("unread_inbox", status=204, query=AtQuery, tag="inbox")
    def delete(self, request: Request, workspace: str) -> HttpResponse:
        """Take back what was marked at that moment."""
        actions.unread_box(self.by, at=self.asked(AtQuery)["at"])
        return nothing()


class ItemEndpoint(Endpoint):
    """One item of one's own."""

    def item(self, pk: UUID) -> Notification:
        one = find_item(self.by, pk)
        if one is None:
            raise Http404
        return one


class ReadItem(ItemEndpoint):
    """Whether it was read."""

    @describes("read_item", status=204, body=OnIn, tag="inbox")
    def post(self, request: Request, workspace: str, notice: UUID) -> HttpResponse:
        """Mark it as read; `on: false` as unread."""
        actions.mark_read(self.by, [self.item(notice)], on=self.given(OnIn)["on"])
        return nothing()


class FinishItem(ItemEndpoint):
    """Whether it is dealt with."""

    @describes("finish_item", status=204, body=OnIn, tag="inbox")
    def post(self, request: Request, workspace: str, notice: UUID) -> HttpResponse:
        """Take it out of the inbox; `on: false` puts it back."""
        actions.finish_items(self.by, [self.item(notice)], on=self.given(OnIn)["on"])
        return nothing()


class SnoozeItem(ItemEndpoint):
    """When it comes back."""

    @describes("snooze_item", status=204, body=SnoozeIn, tag="inbox")
    def post(self, request: Request, workspace: str, notice: UUID) -> HttpResponse:
        """Put it away until then."""
        actions.snooze_items(self.by, [self.item(notice)], until=self.given(SnoozeIn)["until"])
        return nothing()

    @describes("wake_item", status=204, tag="inbox")
    def delete(self, request: Request, workspace: str, notice: UUID) -> HttpResponse:
        """Bring it back now."""
        actions.snooze_items(self.by, [self.item(notice)], until=None)
        return nothing()


class MuteReason(Endpoint):
    """A reason that one wants to hear no more, or again."""

    @describes("mute_reason", status=204, body=MuteIn, tag="inbox")
    def post(self, request: Request, workspace: str) -> HttpResponse:
        """Mute it: neither in the inbox nor by mail or push."""
        said = self.given(MuteIn)
        prefer(self.by, reason=said["reason"], muted=said["muted"])
        return nothing()


class Watching(Endpoint):
    """What one follows."""

    def shown(self, **subject: Task | Project) -> HttpResponse:
        rows = Watch.objects.within(self.by.workspace).filter(user=self.by.user, **subject)
        return answer({"level": rows.values_list("level", flat=True).first()})


class WatchTask(Watching):
    """Whether one follows a task."""

    @describes("get_task_watch", WatchOut, query=Nothing, tag="inbox")
    def get(self, request: Request, workspace: str, ref: str) -> HttpResponse:
        """What you have chosen; null: you hear of it as its creator, or while it is assigned to you."""
        self.asked(Nothing)
        return self.shown(task=find_task(self.by, ref))

    @describes("watch_task", WatchOut, body=WatchIn, tag="inbox")
    def put(self, request: Request, workspace: str, ref: str) -> HttpResponse:
        """Follow the task, or mute it."""
        task = find_task(self.by, ref)
        actions.watch_task(self.by, task, level=self.given(WatchIn)["level"])
        return self.shown(task=task)


class WatchProject(Watching):
    """Whether one follows a whole project."""

    @describes("get_project_watch", WatchOut, query=Nothing, tag="inbox")
    def get(self, request: Request, workspace: str, key: str) -> HttpResponse:
        """What you have chosen."""
        self.asked(Nothing)
        return self.shown(project=find_project(self.by, key))

    @describes("watch_project", WatchOut, body=WatchIn, tag="inbox")
    def put(self, request: Request, workspace: str, key: str) -> HttpResponse:
        """Follow all its tasks, or mute them."""
        project = find_project(self.by, key)
        actions.watch_project(self.by, project, level=self.given(WatchIn)["level"])
        return self.shown(project=project)


def item_row(one: dict[str, Any]) -> dict[str, Any]:
    """As the API says it."""
    who = one["who"]
    same = (
        "id",
        "reason",
        "because",
        "needs_me",
        "sentence",
        "said",
        "title",
        "count",
        "unread",
        "done",
        "snoozed_until",
        "at",
    )
    return {name: one[name] for name in same} | {
        "by": who and {"id": who["id"], "name": who["name"]}, "task": one["ref"] or None,
        "tasks": [task["ref"] for task in one["tasks"]],
    }  # fmt: skip
