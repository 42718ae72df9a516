"""One definition per event: its name, its sentence, who hears of it, whether webhooks carry it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from .permissions import PERMISSIONS

Audience = Literal["project", "members", "managers", "audit"]  # audit: nobody but who reads the audit page
Sentence = str | Callable[[Any], str]


@dataclass(frozen=True)
class Event:
    """`sentence` follows the actor's name; it may name {subject}, {before[…]} and {after[…]}."""

    name: str
    sentence: Sentence
    audience: Audience = "project"
    webhook: bool = True

    def says(self, row: Any) -> str:
        """ "moved FLOW-42 Fix login to Done": what the row tells, after the actor's name."""
        if callable(self.sentence):
            return self.sentence(row)
        return self.sentence.format(subject=subject_words(row), before=row.before, after=row.after)


EVENTS: dict[str, Event] = {}


def define(name: str, sentence: Sentence, *, audience: Audience = "project", webhook: bool = True) -> None:
    """Register an event; stored names are for ever."""
    assert name not in EVENTS, name
    EVENTS[name] = Event(name, sentence, audience, webhook)


def subject_words(row: Any) -> str:
    """FLOW-42 Fix login"""
    return " ".join(part for part in (row.subject_key, row.subject_label) if part)


def says(row: Any) -> str:
    """The sentence of a row, also of an event that this version does not know."""
    event = EVENTS.get(row.event)
    return event.says(row) if event else f"{row.event} {subject_words(row)}"


def author(via: str, actor: Any, on_behalf_of: Any) -> str:
    """Who did it, in words: `Bob`, or `Ray of FlowBoard support, for Bob`."""
    if via != "support":
        return str(actor or "")
    return f"{actor} of FlowBoard support{f', for {on_behalf_of}' if on_behalf_of else ''}"


def by_rule(name: str, rule: str) -> str:
    """Bob’s rule “Tidy up”: whose and which, before what it did."""
    return f"{name}’s rule “{rule}”"


def _shown(value: Any) -> Any:
    """A fact as people read it: the name of what has one."""
    if isinstance(value, dict):
        return value.get("name", value)
    return [_shown(item) for item in value] if isinstance(value, list) else value


def wire(row: Any, by_name: str) -> dict[str, Any]:
    """A row as it goes out on sockets, REST and webhooks (DESIGN.md 7)."""
    facts = dict(row.after)
    task_id = facts.pop("taskId", None) or row.before.get("taskId")
    columns = {fact["status"]["id"] for fact in (row.before, row.after) if isinstance(fact.get("status"), dict)}
    data = {
        f"{row.subject_type}Id": str(row.subject_id),
        "key": row.subject_key,
        "projectId": row.project_id and str(row.project_id),
        "changed": {name: _shown(value) for name, value in facts.items()},
        "statusIds": sorted(columns),
        "version": row.version,
        "changeId": str(row.change_id),
        "by": {"id": row.actor_id and str(row.actor_id), "name": by_name, "via": row.via},
    }
    if task_id:
        data["taskId"] = task_id
    return {"event": row.event, "seq": row.seq, "workspaceId": str(row.workspace_id), "data": data}


def _role_change(row: Any) -> str:
    """changed the role Reviewer: name, may now delete tasks, may no longer create tasks"""
    was, now = (set(facts.get("permissions", ())) for facts in (row.before, row.after))
    told = [
        f"{name} {_short(row.before[name])} → {_short(row.after[name])}" for name in row.after if name != "permissions"
    ]
    told += [f"may now {_verb(name)}" for name in sorted(now - was)]
    told += [f"may no longer {_verb(name)}" for name in sorted(was - now)]
    return f"changed the role {subject_words(row)}: {', '.join(told)}"


def _support_ended(row: Any) -> str:
    words = {
        "expired": "no longer acts as {}: the time was over",
        "left": "no longer acts as {}, who has left",
        "owner": "ended that the support acts as {}",
    }
    return words.get(row.after.get("why"), "stopped acting as {}").format(subject_words(row))


def _why(row: Any) -> str:
    return f": “{row.after['reason']}”" if row.after.get("reason") else ""


def _short(value: Any) -> str:
    return f"“{str(value)[:40]}”" if isinstance(value, str) else str(value)


def _verb(permission: str) -> str:
    sentence = PERMISSIONS.get(permission, permission)
    return sentence[0].lower() + sentence[1:]


def _proposal(words: str) -> Sentence:
    """proposed 14 changes: Reschedule Flow"""

    def says(row: Any) -> str:
        count = row.after["count"]
        said = words.format(count=f"{count} change{'' if count == 1 else 's'}", applied=row.after["applied"])
        return f"{said}{f': {row.subject_label}' if row.subject_label else ''}"

    return says


def _with(words: str) -> Sentence:
    return lambda row: f"{words} with {row.after['method']}" if row.after.get("method") else words


define("workspace:created", "created the workspace {after[name]}", audience="members")
define("workspace:updated", "renamed the workspace from {before[name]} to {after[name]}", audience="members")
define(
    "workspace:plan_changed",
    lambda row: f"put the workspace on the plan {row.after['plan'] or 'of the operator'}{_why(row)}",
    audience="managers",
    webhook=False,
)
define("workspace:deleted", "deleted the workspace {before[name]}", audience="members")
define("workspace:restored", "brought the workspace back: “{after[reason]}”", audience="members")
define("workspace:suspended", "suspended the workspace: “{after[reason]}”", audience="members")
define("workspace:resumed", "lifted the suspension: “{after[reason]}”", audience="members")
define(
    "workspace:tokens_granted",
    lambda row: f"granted {row.after['tokens']:,} tokens of the AI for {row.after['month']}: “{row.after['reason']}”",
    audience="managers",
    webhook=False,
)
define(
    "workspace:looked_into",
    "began to look at rows of the workspace (the first: {after[kind]}), for an hour at most: “{after[reason]}”",
    audience="managers",
    webhook=False,
)
define(
    "workspace:flag_changed",
    lambda row: f"switched {row.after['flag']} {'on' if row.after['on'] else 'off'}: “{row.after['reason']}”",
    audience="managers",
    webhook=False,
)
define("workspace:mfa_required", "asked every member for a second factor", audience="members")
define("workspace:mfa_optional", "no longer asks members for a second factor", audience="members")
define("member:joined", "joined as {after[role]}", audience="members")
define("member:removed", "removed {subject}", audience="members")
define("member:left", "left the workspace", audience="members")
define("member:role_changed", "changed the role of {subject} from {before[role]} to {after[role]}", audience="members")
define("role:created", "made the role {subject}", audience="members")
define("role:updated", _role_change, audience="members")
define("role:deleted", "deleted the role {subject}", audience="members")
define("member:signed_in", _with("signed in"), audience="audit", webhook=False)
define("member:sign_in_failed", _with("failed to sign in"), audience="audit", webhook=False)
define("member:signed_out", _with("signed out"), audience="audit", webhook=False)
define("member:security_changed", "changed how they sign in: {after[method]}", audience="audit", webhook=False)
define(
    "person:erased", "deleted their account: {after[count]} rows forgot their name", audience="managers", webhook=False
)
define("audit:exported", "exported the record as {after[format]}", audience="audit", webhook=False)
define("audit:verified", "checked the record up to {after[seq]}: {after[outcome]}", audience="audit", webhook=False)
define("support:requested", "asked to act as {subject}: “{after[reason]}”", audience="managers", webhook=False)
define("support:granted", "let the support act as {subject} until {after[until]}", audience="members", webhook=False)
define("support:declined", "declined that the support acts as {subject}", audience="managers", webhook=False)
define("support:started", "began to act as {subject}", audience="members", webhook=False)
define("support:viewed", "looked at {after[page]}", audience="managers", webhook=False)
define("support:ended", _support_ended, audience="members", webhook=False)
define("view:started", "began to view the workspace as {subject}", audience="managers", webhook=False)
define("view:ended", "stopped viewing the workspace as {subject}", audience="managers", webhook=False)
define("invitation:created", "invited {subject} as {after[role]}", audience="managers")
define("invitation:revoked", "revoked the invitation of {subject}", audience="managers")
define("token:created", "made the access token {subject}", audience="managers", webhook=False)
define("token:revoked", "revoked the access token {subject}", audience="managers", webhook=False)
define("change:proposed", _proposal("made a proposal of {count}"), audience="members")
define("change:applied", _proposal("applied {applied} of {count} proposed"), audience="members")
define("change:discarded", _proposal("discarded a proposal of {count}"), audience="members")
define("change:undone", _proposal("undid a proposal of {count}"), audience="members")
