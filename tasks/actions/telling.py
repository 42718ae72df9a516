"""Telling people: rows of the record become notifications, each once, whoever runs this and however often.

The cursor is held while a round is told and moves in the same transaction: a worker that dies leaves it where it was,
and two that run at once tell one after the other. What follows (the bell, mail, push) is called after the commit.
"""

from collections.abc import Sequence
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db.models import Max

from accounts.reactions import tell
from workspaces import tenancy
from workspaces.feed import task_of
from workspaces.models import ActivityLog, Stream

from ..models import Notification, NotificationCursor, Reason, Watch
from ..notices.audience import FREED, TOLD_OF, Scene, heard, mentions, wanted
from ..notices.inbox import Inbox
from ..notices.scene import meet, scene_of
from .notices import ring_inboxes

Wanted = dict[UUID, set[Reason]]  # whom a row concerns, and why
Follower = tuple[UUID, UUID]  # of a task: its id, theirs
WINDOW = 2_000  # rows of one round; an act is never divided
NEEDED = (
    "seq",
    "change_id",
    "event",
    "actor_id",
    "via",
    "on_behalf_of_id",
    "subject_type",
    "subject_id",
    "project_id",
    "depth",
)


def tell_people(workspace_id: UUID) -> None:
    """Tell of all rows after the cursor."""
    while _tell_some(workspace_id):
        pass


def _tell_some(workspace_id: UUID) -> bool:
    """One round; whether more may be waiting."""
    with tenancy.workspace(workspace_id, atomic=True):
        cursor = _held(workspace_id)
        head: int = Stream.objects.within(workspace_id).values_list("head", flat=True).get()
        if cursor.seq >= head:
            return False
        upto = _end_of_act(workspace_id, cursor.seq + WINDOW) if cursor.seq + WINDOW < head else head
        _tell(workspace_id, ActivityLog.objects.within(workspace_id).filter(seq__gt=cursor.seq, seq__lte=upto))
        cursor.seq = upto
        cursor.save(update_fields=["seq"])
    return upto < head


def _held(workspace_id: UUID) -> NotificationCursor:
    """The workspace's cursor, held until commit; a new workspace has none yet."""
    rows = NotificationCursor.objects.within(workspace_id).select_for_update()
    if (cursor := rows.first()) is None:
        NotificationCursor.objects.bulk_create([NotificationCursor(workspace_id=workspace_id)], ignore_conflicts=True)
        cursor = rows.get()
    return cursor  # type: ignore[no-any-return]


def _end_of_act(workspace_id: UUID, seq: int) -> int:
    """The last row of the act that this row belongs to."""
    rows = ActivityLog.objects.within(workspace_id)
    act = rows.filter(seq=seq).values("change_id")
    return int(rows.filter(change_id__in=act).aggregate(last=Max("seq"))["last"] or seq)


def _tell(workspace_id: UUID, window: Any) -> None:
    rows = list(
        window.filter(event__in=TOLD_OF)
        .exclude(via="import")
        .order_by("seq")
        .only(*NEEDED, "before", "after", "created_at")
    )
    imports = list(
        window.filter(via="import").order_by("change_id", "-seq").distinct("change_id").only(*NEEDED, "created_at")
    )
    if not rows and not imports:
        return
    scene = scene_of(workspace_id, rows)
    concerned, followers = _in_order(scene, rows)
    people = {person for _, found in concerned for person in found} | {person for _, person in followers}
    people |= {row.actor_id for row in imports}
    meet(workspace_id, scene, people)
    inbox = Inbox(workspace_id, scene.tasks)
    for _, act in groupby(concerned, key=lambda one: one[0].change_id):
        _tell_act(scene, inbox, list(act))
    for row in imports:
        if row.actor_id in scene.eyes and (row.actor_id, Reason.IMPORTED) not in scene.silenced:
            inbox.add(row.actor_id, Reason.IMPORTED, [row], [])
    _save(workspace_id, inbox)
    _follow(workspace_id, scene, followers)
    _pass_on(workspace_id, inbox)


def _tell_act(scene: Scene, inbox: Inbox, act: Sequence[tuple[Any, Wanted]]) -> None:
    """Each person one item for the whole act, for its strongest reason."""
    told: dict[UUID, list[tuple[Reason, Any]]] = {}
    for row, found in act:
        if row.event == "comment:deleted":
            inbox.withdraw_comment(row.subject_id)
        if row.event in FREED and not row.after.get("left"):
            inbox.withdraw_all(Reason.BLOCKING, UUID(task_of(row)))
        for person, reasons in found.items():
            if Reason.UNASSIGNED in reasons and inbox.withdraw(person, Reason.ASSIGNED, UUID(task_of(row))):
                continue  # they have not read that it was theirs
            if (reason := heard(scene, row, person, reasons)) is not None:
                told.setdefault(person, []).append((reason, row))
    for person, heard_of in told.items():
        inbox.add_strongest(person, heard_of)


def _save(workspace_id: UUID, inbox: Inbox) -> None:
    Notification.objects.within(workspace_id).filter(pk__in=[one.pk for one in inbox.withdrawn]).delete()
    Notification.objects.bulk_create(inbox.made, batch_size=500)
    Notification.objects.within(workspace_id).bulk_update(
        inbox.grown,
        ["count", "change_id", "last_seq", "actor", "others", "comment", "told_at", "shown_at"],
        batch_size=500,
    )


def _in_order(scene: Scene, rows: Sequence[Any]) -> tuple[list[tuple[Any, Wanted]], dict[Follower, Any]]:
    """Whom each row concerns. Who speaks on a task, and who is spoken to there, follows it from the next row on."""
    concerned, followers = [], dict[Follower, Any]()
    for row in rows:
        concerned.append((row, wanted(scene, row)))
        task_id = UUID(task_of(row) or "0" * 32)
        if task_id in scene.tasks:
            new = dict.fromkeys(mentions(scene, row), (Watch.Why.MENTIONED, row))
            if row.event == "comment:created" and row.via != "support" and row.actor_id and not row.depth:
                new[row.actor_id] = (Watch.Why.COMMENTED, row)
            scene.follow(task_id, new)
            followers |= {(task_id, person): why for person, why in new.items() if (task_id, person) not in followers}
    return concerned, followers


def _follow(workspace_id: UUID, scene: Scene, followers: dict[Follower, Any]) -> None:
    """Keep who follows what, unless they have said otherwise, or may not see it."""
    made = [
        Watch(workspace_id=workspace_id, task_id=task, user_id=person, why=why)
        for (task, person), (why, row) in followers.items()
        if scene.sees(person, row)
    ]
    Watch.objects.bulk_create(made, ignore_conflicts=True, batch_size=500)


def _pass_on(workspace_id: UUID, inbox: Inbox) -> None:
    """After the commit: the bell for who has a page open, then whoever tells further."""
    ring_inboxes(workspace_id, inbox.changed)
    if ids := [one.pk for one in (*inbox.made, *inbox.grown)]:
        tell("NOTIFICATIONS_TOLD", workspace_id, ids)
