"""How people want to be told: per reason, as they have said or as reasons.py has it; and when."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from ..models import NotificationPreference, NotificationSchedule, Reason
from .reasons import REASONS

Key = tuple[UUID, str]  # person, reason


@dataclass(frozen=True)
class Wish:
    """For one reason: nowhere at all, or in the inbox, by mail (now, digest, never) and by push."""

    muted: bool
    mail: str
    push: bool


USUAL = {reason: Wish(False, told.mail, told.push) for reason, told in REASONS.items()}


class Wishes:
    """Of these people, read once."""

    def __init__(self, workspace_id: UUID, people: Iterable[UUID]) -> None:
        rows = NotificationPreference.objects.within(workspace_id).filter(user__in=list(people))
        self.said: dict[Key, Wish] = {
            (user_id, reason): Wish(muted, mail, push)
            for user_id, reason, muted, mail, push in rows.values_list("user_id", "reason", "muted", "mail", "push")
        }

    def of(self, person: UUID, reason: str) -> Wish:
        return self.said.get((person, reason), USUAL[Reason(reason)])


def schedules(workspace_id: UUID, people: Collection[UUID]) -> dict[UUID, NotificationSchedule]:
    """Each person's, as saved or as usual."""
    rows = NotificationSchedule.objects.within(workspace_id).filter(user__in=people)
    said = {row.user_id: row for row in rows}
    return {person: said.get(person) or usual_schedule(workspace_id, person) for person in people}


def usual_schedule(workspace_id: UUID, person: UUID) -> NotificationSchedule:
    """Of somebody who has said nothing; never saved."""
    return NotificationSchedule(workspace_id=workspace_id, user_id=person)
