"""What the record may say of projects and tasks."""

from collections.abc import Callable
from typing import Any

from workspaces.events import define, subject_words

from .access import in_words

WORDS = {
    "title": "title", "description": "description", "priority": "priority", "due": "due date", "estimate": "estimate",
    "assignees": "assignees", "labels": "labels", "parent": "parent",
}  # fmt: skip
PRIORITIES = ("no priority", "low", "medium", "high", "urgent")


def _updated(row: Any) -> str:
    """The one field's new value, or the names of the fields."""
    fields = list(row.after)
    subject = subject_words(row)
    if fields == ["title"]:
        return f"renamed {row.subject_key} from {row.before['title']} to {row.after['title']}"
    if fields == ["priority"]:
        return f"set the priority of {subject} to {PRIORITIES[row.after['priority']]}"
    if fields == ["due"]:
        return (
            f"set the due date of {subject} to {row.after['due']}"
            if row.after["due"]
            else f"removed the due date of {subject}"
        )
    if fields == ["estimate"]:
        value = row.after["estimate"]
        return f"removed the estimate of {subject}" if value is None else f"estimated {subject} at {value}"
    if fields == ["assignees"]:
        return _assigned(row)
    if fields == ["labels"]:
        return _sets(row, "labels", "labelled", "took off")
    return f"changed {' and '.join(f'the {WORDS.get(name, name)}' for name in fields)} of {subject}"


def _sets(row: Any, name: str, added: str, removed: str) -> str:
    was, now = ({item["id"]: item["name"] for item in fact[name]} for fact in (row.before, row.after))
    new = [now[key] for key in now if key not in was]
    gone = [was[key] for key in was if key not in now]
    parts = [f"{added} {subject_words(row)} {', '.join(new)}"] if new else []
    if gone:
        parts.append(
            f"{removed} {', '.join(gone)}" if new else f"{removed} {', '.join(gone)} from {subject_words(row)}"
        )
    return " and ".join(parts)


def _assigned(row: Any) -> str:
    was, now = ({one["id"]: one["name"] for one in fact["assignees"]} for fact in (row.before, row.after))
    new, gone = [now[key] for key in now if key not in was], [was[key] for key in was if key not in now]
    parts = [f"assigned {subject_words(row)} to {', '.join(new)}"] if new else []
    if gone:
        parts.append(f"took {', '.join(gone)} off{'' if new else f' {subject_words(row)}'}")
    return " and ".join(parts)


def _pinned(row: Any) -> str:
    """pinned FLOW-4 Fix login: it must begin on 2026-12-07 and be due on 2026-12-12"""
    pin = row.after["pin"]
    said = [f"{words} on {day}" for words, day in (("begin", pin["start"]), ("be due", pin["due"])) if day]
    return f"pinned {subject_words(row)}: it must {' and '.join(said)}"


def _moved(row: Any) -> str:
    was, now = row.before["status"], row.after["status"]
    if was["id"] == now["id"]:
        return f"moved {subject_words(row)} within {now['name']}"
    return f"moved {subject_words(row)} from {was['name']} to {now['name']}"


def _checked(row: Any) -> str:
    if "done" in row.after:
        return f"{'ticked' if row.after['done'] else 'unticked'} “{row.after['text']}” in {subject_words(row)}"
    return f"changed a checklist line of {subject_words(row)}"


def _column(row: Any) -> str:
    if "name" in row.after:
        return f"renamed the column {row.before['name']} to {row.after['name']}"
    if "wip_limit" in row.after:
        limit = row.after["wip_limit"]
        return (
            f"set the limit of column {row.subject_label} to {limit}"
            if limit
            else f"lifted the limit of column {row.subject_label}"
        )
    return f"moved the column {row.subject_label}" if "rank" in row.after else f"changed the column {row.subject_label}"


def _shared(verb: str) -> Callable[[Any], str]:
    """With whom, and how far where they had access before."""
    return lambda row: (
        f"changed what {row.after['name']} may do with {subject_words(row)}: {in_words(row.after['grant'])}"
        if row.before.get("grant")
        else f"{verb} {subject_words(row)} with {row.after['name']}"
    )


def _rule(row: Any) -> str:
    """switched the rule “Tidy up” off: it has failed 10 times running"""
    return f"switched the rule “{row.subject_label}” {'on' if row.after['on'] else 'off'}"


def _named(verb: str) -> Callable[[Any], str]:
    """A column or label by its own name: its key is the project's."""
    return lambda row: f"{verb} {row.subject_label}"


define("project:created", "created the project {subject}")
define("project:updated", "changed the project {subject}")
define("project:archived", "archived the project {subject}")
define("project:restored", "brought the project {subject} back")
define("project:deleted", "deleted the project {subject}")
define("project:recovered", "recovered the project {subject}")
define("project:shared", _shared("shared the project"), audience="members")
define("project:unshared", "stopped sharing the project {subject} with {before[name]}", audience="members")
define("status:created", _named("added the column"))
define("status:updated", _column)
define("status:ranked", _named("spaced out the cards of the column"))
define("status:deleted", _named("removed the column"))
define("status:recovered", _named("brought back the column"))
define("label:created", _named("made the label"))
define("label:updated", _named("changed the label"))
define("label:deleted", _named("removed the label"))
define("label:recovered", _named("brought back the label"))
define("task:created", "added {subject} to {after[status][name]}")
define("task:updated", _updated)
define("task:moved", _moved)
define("task:left", "moved {subject} to another project")
define("task:arrived", "moved {subject} here from another project")
define("task:duplicated", "marked {subject} as a duplicate of another task")
define("task:told_apart", "no longer marked {subject} as a duplicate")
define("task:pinned", _pinned)
define("task:unpinned", "unpinned {subject}")
define("task:archived", "archived {subject}")
define("task:restored", "brought {subject} back to {after[status][name]}")
define("task:deleted", "deleted {subject}")
define("task:recovered", "recovered {subject}")
define("task:shared", _shared("shared"), audience="members")
define("task:unshared", "stopped sharing {subject} with {before[name]}", audience="members")
define("checklist:created", "added “{after[text]}” to the checklist of {subject}")
define("checklist:updated", _checked)
define("checklist:deleted", "removed “{before[text]}” from the checklist of {subject}")
define("checklist:recovered", "brought “{after[text]}” back to the checklist of {subject}")
define("comment:created", "commented on {subject}")
define("comment:updated", "edited a comment on {subject}")
define("comment:deleted", "deleted a comment on {subject}")
define("comment:recovered", "brought a comment on {subject} back")
define("dependency:created", "made {subject} wait for another task")
define("dependency:deleted", "let {subject} no longer wait for another task")
define("dependency:resolved", "cleared the way for {subject}")
define("dependency:reopened", "stood in the way of {subject} again")
define("link:created", "attached {after[name]} to {subject}")
define("link:deleted", "removed {before[name]} from {subject}")
define("link:recovered", "brought {after[name]} back to {subject}")
define("file:created", "attached the file {after[name]} to {subject}")
define("file:deleted", "removed the file {before[name]} from {subject}")
define("file:recovered", "brought the file {after[name]} back to {subject}")
define("task:brought_up", "told {after[name]} of {subject}")
define("automation:created", "made the rule “{subject}”", audience="members")
define("automation:updated", "changed the rule “{subject}”", audience="members")
define("automation:switched", _rule, audience="members")
define("automation:stopped", lambda row: f"{_rule(row)}: {row.after['why']}", audience="members")
define("automation:deleted", "deleted the rule “{subject}”", audience="members")
define("automation:recovered", "brought the rule “{subject}” back", audience="members")
