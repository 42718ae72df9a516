"""What the page and the dialog "Who can see this" show."""

from typing import Any

from django.urls import reverse

from workspaces.actor import Actor
from workspaces.faces import face
from workspaces.models import Membership
from workspaces.permissions import MEMBER

from ..access import gives
from ..models import Attachment, Project, Task
from .access import Held, Seer, explained, seeing
from .settings import GRANT_WORDS

MOST = 200  # people listed; REST pages through all
TASK_WORDS = {f"{name.partition('_')[0]}_task": words for name, words in GRANT_WORDS.items()}
DOES = {"comment.create": "comments", "task.edit": "edits", "project.manage": "manages"}


def access_page(
    by: Actor, project: Project, task: Task | None = None, attachment: Attachment | None = None
) -> dict[str, Any]:
    """As templates/tasks/_access.html draws it."""
    rows = seeing(by, project, task)
    held, may = Held.of(project, task), by.may("project.manage", task or project)
    people = [_person(by, held, seer) for seer in explained(by, project, task, list(rows[:MOST]), held)]
    more = rows.count() - MOST if len(people) >= MOST else 0
    return {
        "project": project, "task": task, "ref": task.ref if task else "", "attachment": attachment, "people": people, "more": more, "may": may,
        "guest": by.level < MEMBER, "grants": [{"value": value, "name": name} for value, name in TASK_WORDS.items()],
        "others": _others(by, held) if task and may else [], "widening_url": widening_url(by, project, task),
    }  # fmt: skip


def widening_url(by: Actor, project: Project, task: Task | None = None) -> str:
    """Where a page asks who would gain what, before it is done: the address that programs ask."""
    if task:
        return reverse("task_widening", args=[by.workspace.slug, task.ref])
    return reverse("project_widening", args=[by.workspace.slug, project.key])


def _person(by: Actor, held: Held, seer: Seer) -> dict[str, Any]:
    member = seer.member
    does = [words for name, words in DOES.items() if name in seer.permissions]
    return face(member.user) | {
        "email": member.user.email, "role": member.role.name, "guest": seer.guest, "mine": member.user_id == by.user.pk,
        "program": member.user.is_program, "why": [reason.sentence for reason in seer.reasons],
        "does": does[-1] if does else "reads", "grant": next(iter(sorted(held.task.get(member.user_id, ()))), ""),
    }  # fmt: skip


def _others(by: Actor, held: Held) -> list[dict[str, Any]]:
    """Who does not see the task yet, or could be let further in: guests, and members outside of a private project."""
    rows = Membership.objects.within(by.workspace).select_related("user", "role").order_by("user__name", "user__email")
    found = [row for row in rows[:1000] if row.user_id not in held.task and not gives(held.paths(row), "task.edit")]
    return [face(row.user) | {"email": row.user.email, "role": row.role.name} for row in found]
