"""The inboxes that one round writes into: what is open in them, what is added, what grows, what is taken back."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from workspaces.feed import task_of

from ..models import Notification, Reason
from .reasons import REASONS, STRENGTH

LISTED = 200  # tasks that a bulk item names
REMEMBERED = 10  # people who acted before the last one

Key = tuple[UUID, str, UUID]


class Inbox:
    """An unread item grows when the same happens again to its task; what was read stays as it was."""

    def __init__(self, workspace_id: UUID, tasks: Iterable[UUID]) -> None:
        self.workspace_id = workspace_id
        rows = Notification.objects.within(workspace_id).filter(task__in=[*tasks])
        unread = (
            rows.filter(read_at=None, done_at=None, snoozed_until=None).select_for_update(no_key=True).order_by("pk")
        )
        self.open: dict[Key, Notification] = {(one.user_id, one.reason, one.task_id): one for one in unread}
        self.made: list[Notification] = []
        self._grown: dict[UUID, Notification] = {}
        self.withdrawn: list[Notification] = []

    @property
    def grown(self) -> list[Notification]:
        """Those that were there before this round."""
        made = {one.pk for one in self.made}
        return [one for one in self._grown.values() if one.pk not in made]

    @property
    def changed(self) -> list[UUID]:
        """Whose inbox is another than it was."""
        return sorted({one.user_id for one in (*self.made, *self._grown.values(), *self.withdrawn)})

    def add_strongest(self, person: UUID, heard: Sequence[tuple[Reason, Any]]) -> None:
        """Of what somebody hears of one act that for the strongest reason."""
        reason = min((why for why, _ in heard), key=STRENGTH.__getitem__)
        rows = [row for why, row in heard if why == reason]
        self.add(person, reason, rows, list(dict.fromkeys(UUID(one) for one in map(task_of, rows) if one)))

    def add(self, person: UUID, reason: Reason, rows: Sequence[Any], tasks: Sequence[UUID]) -> None:
        """One item: of a task, of many, or of none."""
        task = tasks[0] if len(tasks) == 1 else None
        if task and (there := self.open.get((person, reason, task))):
            self._grow(there, rows[-1])
            return
        last = rows[-1]
        one = Notification(
            workspace_id=self.workspace_id, user_id=person, reason=reason, needs_me=REASONS[reason].needs_me, task_id=task,
            project_id=last.project_id, comment_id=_comment(last), task_ids=tasks[:LISTED] if len(tasks) > 1 else [],
            count=max(1, len(tasks)), change_id=last.change_id, first_seq=rows[0].seq, last_seq=last.seq, actor_id=last.actor_id,
            created_at=last.created_at, told_at=last.created_at, shown_at=last.created_at,
        )  # fmt: skip
        self.made.append(one)
        if task:
            self.open[person, reason, task] = one

    def _grow(self, one: Notification, row: Any) -> None:
        if one.actor_id and one.actor_id != row.actor_id:
            one.others = [one.actor_id, *(other for other in one.others if other not in (one.actor_id, row.actor_id))][
                :REMEMBERED
            ]
        one.count, one.change_id, one.last_seq, one.actor_id = one.count + 1, row.change_id, row.seq, row.actor_id
        one.comment_id = _comment(row)
        one.told_at = one.shown_at = row.created_at
        self._grown[one.pk] = one

    def withdraw(self, person: UUID, reason: Reason, task: UUID) -> bool:
        """Take back what is no longer so and was not read; whether there was such an item."""
        one = self.open.pop((person, reason, task), None)
        if one is not None:
            self._forget(one)
        return one is not None

    def withdraw_all(self, reason: Reason, task: UUID) -> None:
        """The same for everybody; an item that stands for more than one such act stays."""
        for person in [key[0] for key, one in self.open.items() if key[1:] == (reason, task) and one.count == 1]:
            self.withdraw(person, reason, task)

    def withdraw_comment(self, comment: UUID) -> None:
        """The words are gone; an item that stands for other comments too stays."""
        for key, one in list(self.open.items()):
            if one.comment_id == comment and one.count == 1:
                self._forget(self.open.pop(key))

    def _forget(self, one: Notification) -> None:
        self._grown.pop(one.pk, None)
        if one in self.made:
            self.made.remove(one)
        else:
            self.withdrawn.append(one)


def _comment(row: Any) -> UUID | None:
    return row.subject_id if row.event in ("comment:created", "comment:updated") else None
