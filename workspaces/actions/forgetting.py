"""A record forgets a person: the rows that name them are rewritten without the name, and a row of the record says which.

The chain holds: it stands on the hash of what the rows said, which stays; and what they say since is in the chain by
the row that tells of it. The database lets nothing but this through (flowboard_erase, docs/adr/0006).
"""

import json
import re
import secrets
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q, TextField
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from accounts.actions import GONE
from accounts.models import Erasure

from .. import chain, tenancy
from ..actor import Actor
from ..models import ActivityLog, ChangeSet, Draft, IdempotencyKey, Invitation, Role, Workspace
from ..spine import acting, record

AT_ONCE = 500
PERSONAL = frozenset({"address", "device", "email"})
ABOUT_PEOPLE = frozenset({"member", "support", "view", "invitation"})


def forget_in(workspace_id: UUID, erasure: Erasure) -> None:
    """Some rows a transaction, until no row is left that names them."""
    with tenancy.workspace(workspace_id, atomic=True):
        _forget_rows(workspace_id, erasure)
    seq: int | None = 0
    while seq is not None:
        with tenancy.workspace(workspace_id, atomic=True):
            seq = _some(workspace_id, erasure, seq)


def _forget_rows(workspace_id: UUID, erasure: Erasure) -> None:
    """What is no record: invitations to the address, answers kept for programs."""
    invited = Invitation.objects.within(workspace_id).filter(email=erasure.email)
    invited.filter(revoked_at=None, accepted_at=None).update(revoked_at=timezone.now())
    invited.update(email=erasure.user.email)
    IdempotencyKey.objects.within(workspace_id).filter(user=erasure.user).delete()
    Draft.objects.within(workspace_id).filter(user=erasure.user).delete()
    text = Concat(Cast("lines", TextField()), "title", output_field=TextField())
    proposals = ChangeSet.objects.within(workspace_id).exclude(lines=[]).annotate(text=text)
    named = Q(text__contains=erasure.name) if erasure.name else Q(pk=None)  # a reason says no ids
    for change in proposals.filter(_names(erasure) | named):
        change.title = _unnamed(change.title, erasure)[:300]
        change.lines = [
            _without(line, erasure, "") | {"because": _unnamed(line["because"], erasure)} for line in change.lines
        ]
        change.save(update_fields=["title", "lines"])


def _some(workspace_id: UUID, erasure: Erasure, after: int) -> int | None:
    """The next rows; the seq to go on after, None at the end."""
    Erasure.objects.select_for_update(of=("self",)).filter(pk=erasure.pk).first()  # two runs wait for each other
    found = list(_naming(workspace_id, erasure).filter(seq__gt=after).order_by("seq")[:AT_ONCE])
    if rows := [row for row in found if forget(row, erasure)]:
        with acting(_actor(workspace_id, erasure)) as act:
            told = {str(row.seq): chain.written(row) for row in rows}
            facts = {"user": str(erasure.user_id), "count": len(rows)}
            record(act.by, "person:erased", erasure.user, before={"rows": told}, after=facts, label=GONE)
        for row in rows:
            _rewrite(row, erasure, act.rows[-1].seq)
        _rename(workspace_id, rows, erasure)
    return found[-1].seq if len(found) == AT_ONCE else None


def _naming(workspace_id: UUID, erasure: Erasure) -> Any:
    text = Concat(Cast("before", TextField()), Cast("after", TextField()), "subject_label", output_field=TextField())
    return ActivityLog.objects.within(workspace_id).annotate(text=text).filter(_names(erasure))


def _names(erasure: Erasure) -> Q:
    return Q(text__contains=str(erasure.user_id)) | Q(text__icontains=erasure.email)


def _actor(workspace_id: UUID, erasure: Erasure) -> Actor:
    """The person, who has left: by the system, in the least role there is."""
    role = Role.objects.within(workspace_id).get(key="guest")
    return Actor(Workspace.objects.get(pk=workspace_id), erasure.user, role, via="system")


def forget(row: ActivityLog, erasure: Erasure) -> bool:
    """Take the name out of a row's facts; whether there was any."""
    was = (row.subject_label, row.before, row.after)
    noun = row.event.partition(":")[0]
    row.before, row.after = (_without(facts, erasure, noun) for facts in (row.before, row.after))
    row.subject_label = _label(row, erasure, noun)
    if (row.subject_label, row.before, row.after) == was:
        return False
    row.salt = secrets.token_hex(16) if row.facts_hash else ""
    return True


def _label(row: ActivityLog, erasure: Erasure, noun: str) -> str:
    about = str(erasure.user_id) in (row.before.get("user"), row.after.get("user")) and noun in ABOUT_PEOPLE
    known = row.subject_label.casefold() in (erasure.name.casefold(), erasure.email.casefold())
    return GONE if about or (known and noun in ABOUT_PEOPLE) else row.subject_label


def _without(value: Any, erasure: Erasure, noun: str) -> Any:
    """The same fact; where it is about the person, without their name, addresses and devices."""
    if isinstance(value, dict):
        about = str(erasure.user_id) in (value.get("id"), value.get("user"))
        return {name: _fact(name, one, erasure, noun, about) for name, one in value.items()}
    if isinstance(value, list):
        return [_without(one, erasure, noun) for one in value]
    return GONE if isinstance(value, str) and value.casefold() == erasure.email.casefold() else value


def _fact(name: str, value: Any, erasure: Erasure, noun: str, about: bool) -> Any:
    if about and name == "name" and noun != "token":  # a token has a name of its own
        return GONE
    return "" if about and name in PERSONAL else _without(value, erasure, noun)


def _rewrite(row: ActivityLog, erasure: Erasure, telling: int) -> None:
    facts = [row.subject_label, json.dumps(row.before), json.dumps(row.after), row.salt]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT flowboard_erase(%s, %s, %s, %s, %s::jsonb, %s::jsonb, %s)",
            [row.pk, erasure.user_id, telling, *facts],
        )


def _rename(workspace_id: UUID, rows: list[ActivityLog], erasure: Erasure) -> None:
    """The acts that these rows belong to may be called after the person."""
    for change in ChangeSet.objects.within(workspace_id).filter(pk__in={row.change_id for row in rows}):
        if (title := _unnamed(change.title, erasure)) != change.title:
            change.title = title[:300]
            change.save(update_fields=["title"])


def _unnamed(words: str, erasure: Erasure) -> str:
    for name in filter(None, (erasure.email, erasure.name)):
        words = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", GONE, words)
    return words
