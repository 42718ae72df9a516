"""What may be sent about tasks, and what may be asked of lists of them."""

from rest_framework import serializers

from workspaces.rest.cursor import PageQuery
from workspaces.rest.fields import Day, Flag, Strict, Text, Whole, Words

from .orders import ORDERS

MOST_AT_ONCE = 200
PRIORITY = "0 none, 1 low, 2 medium, 3 high, 4 urgent"
PEOPLE = 'ids, e-mail addresses, or "me"'


class TaskFields(Strict):
    """What of a task can be set; `move/` moves it."""

    title = Text(max_length=300)
    description = Text(max_length=100_000, allow_blank=True, required=False, help_text="Markdown")
    priority = Whole(max_value=4, required=False, help_text=PRIORITY)
    due = Day(allow_null=True, required=False)
    estimate = Whole(max_value=1000, allow_null=True, required=False, help_text="points")
    parent = Text(max_length=20, allow_null=True, required=False, help_text="FLOW-7")
    assignees = Words(most=50, required=False, help_text=PEOPLE)
    labels = Words(most=50, required=False, help_text="ids or names of the project's labels")


class TaskIn(TaskFields):
    """A new task, at the foot of its column."""

    status = Text(max_length=60, required=False, help_text="id or name of a column; the first one unless told")
    at_top = Flag(required=False)


class Versions(Strict):
    """The versions that the new values were made on: those that the task's `versions` named when it was read."""

    title = Whole(min_value=1, required=False)
    description = Whole(min_value=1, required=False)
    priority = Whole(min_value=1, required=False)
    due = Whole(min_value=1, required=False)
    estimate = Whole(min_value=1, required=False)
    parent = Whole(min_value=1, required=False)
    assignees = Whole(min_value=1, required=False)
    labels = Whole(min_value=1, required=False)
    place = Whole(min_value=1, required=False, help_text="taken, so that `versions` can be sent back as it was read")
    pin = Whole(min_value=1, required=False, help_text="taken like `place`")


class TaskChange(TaskFields):
    """Only what is sent is changed."""

    title = Text(max_length=300, required=False)
    versions = Versions(required=False)


class Pin(Strict):
    """At least one of the two."""

    start = Day(allow_null=True, required=False, help_text="it must begin on this day")
    due = Day(allow_null=True, required=False, help_text="it must be due on this day")


class Move(Strict):
    """Where to."""

    status = Text(max_length=60, required=False, help_text="id or name of a column; its own unless told")
    after = Text(max_length=20, allow_null=True, required=False, help_text="the task above, FLOW-7; null is the top")
    version = Whole(
        min_value=1, required=False, help_text="of the task when it was read: 409 when it has been moved since"
    )


class BulkSet(TaskChange):
    """What to set on all of them."""

    title = None  # type: ignore[assignment]
    description = None  # type: ignore[assignment]
    parent = None  # type: ignore[assignment]
    versions = None  # type: ignore[assignment]
    status = Text(max_length=60, required=False, help_text="id or name of a column: to its foot")
    archived = Flag(required=False)


class Bulk(Strict):
    """One act on many tasks: all of it, or nothing."""

    tasks = Words(most=MOST_AT_ONCE, longest=20, min_length=1, help_text="FLOW-1, FLOW-2 …")
    set = BulkSet()


class TaskQuery(PageQuery):
    """Which tasks, in which order."""

    status = serializers.CharField(max_length=60, required=False, help_text="id or name of a column")
    assignee = serializers.CharField(max_length=254, required=False, help_text='id, e-mail address, "me" or "none"')
    label = serializers.CharField(max_length=40, required=False, help_text="id or name")
    priority = serializers.IntegerField(min_value=0, max_value=4, required=False, help_text=PRIORITY)
    parent = serializers.CharField(max_length=20, required=False, help_text="the tasks below FLOW-7")
    q = serializers.CharField(max_length=200, required=False, help_text="words, the last as far as it is typed")
    due_before = serializers.DateField(required=False, help_text="due on an earlier day")
    due_after = serializers.DateField(required=False, help_text="due on a later day")
    archived = serializers.BooleanField(required=False, help_text="the archived ones instead")
    ordering = serializers.ChoiceField(
        choices=list(ORDERS), required=False, default="-number", help_text="`rank` is the board's own, for one column"
    )


class SearchQuery(PageQuery):
    """What to look for."""

    q = serializers.CharField(max_length=200, help_text="words, the last as far as it is typed; or FLOW-42")
