"""Making, changing, switching and deleting rules. Whoever saves a rule or switches it on keeps it: it runs on their behalf."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from accounts.models import User
from workspaces.actor import Actor
from workspaces.errors import Refused, Stale
from workspaces.models import Membership
from workspaces.spine import action, record
from workspaces.undo import undoes

from ..automations.parts import Json
from ..models import AutomationRule, Project, Task
from ..people import check_assignable
from .fields import person_fact

MOST_RULES = 100
PARTS = ("name", "when", "conditions", "steps")
LEFT = "Its keeper has left the workspace. Whoever switches it on keeps it from then on."


@action
def create_rule(
    by: Actor,
    *,
    name: str,
    when: Json,
    steps: list[Json],
    conditions: list[Json] | None = None,
    project: Project | None = None,
    on: bool = True,
) -> AutomationRule:
    """Make a rule, in one project or in all that its keeper may edit. Everything it names is looked for with their eyes."""
    _must_keep(by, project)
    if AutomationRule.objects.within(by.workspace).filter(deleted_at=None).count() >= MOST_RULES:
        raise Refused(f"A workspace has at most {MOST_RULES} rules: delete one that nobody needs.", "name")
    said = {"name": name, "when": when, "conditions": conditions or [], "steps": steps}
    now = by.at or timezone.now()
    rule = AutomationRule(
        workspace=by.workspace, keeper=by.user, project=project, on=on, on_since=now, created_at=now, **_cleaned(by, project, said)
    )  # fmt: skip
    rule.save(force_insert=True)
    _tell(by, "automation:created", rule, {}, _facts(rule) | {"on": on})
    return rule


@action
def update_rule(by: Actor, rule: AutomationRule, *, base_version: int | None = None, **fields: Any) -> AutomationRule:
    """Change name, project, when, conditions or steps. The whole rule is looked at again, with the eyes of who saves it."""
    _must_keep(by, fields.get("project", rule.project))
    _must_keep(by, rule.project)
    held = hold_rule(rule)
    if base_version is not None and base_version != held.version:
        raise Stale(f"The rule {held.name} was changed by somebody else in the meantime.", "version")
    was = _facts(held)
    held.project = fields.pop("project", held.project)
    said = {name: getattr(held, name) for name in PARTS} | fields
    for name, value in _cleaned(by, held.project, said).items():
        setattr(held, name, value)
    before, after = _changed(was, _facts(held))
    if not after:
        return held
    _take_over(by, held, before, after)
    held.version += 1
    held.save(update_fields=[*PARTS, "project", "keeper", "version"])
    _tell(by, "automation:updated", held, before, after)
    return held


@action
def switch_rule(by: Actor, rule: AutomationRule, *, on: bool) -> AutomationRule:
    """Switch a rule on or off. What happened while it was off starts nothing."""
    _must_keep(by, rule.project)
    held = hold_rule(rule)
    if held.on == on:
        return held
    before, after = {"on": not on}, {"on": on}
    if on:
        _cleaned(by, held.project, {name: getattr(held, name) for name in PARTS})
        _take_over(by, held, before, after)
    held.on, held.off_why, held.failures, held.on_since = on, "", 0, by.at or timezone.now()
    held.save(update_fields=["on", "off_why", "failures", "on_since", "keeper"])
    _tell(by, "automation:switched", held, before, after)
    return held


@action
def delete_rule(by: Actor, rule: AutomationRule) -> AutomationRule:
    """Delete a rule; what it has done stays done, and is still told of."""
    return _turn(by, rule, "automation:deleted", by.at or timezone.now())


@action
def recover_rule(by: Actor, rule: AutomationRule) -> AutomationRule:
    """Bring a deleted rule back, switched off."""
    return _turn(by, rule, "automation:recovered", None)


@action
def bring_up_task(by: Actor, task: Task, *, person: User, words: str) -> Task:
    """Have somebody told of a task, in their inbox. `words` names the rule that does it."""
    by.must("task.edit", task)
    check_assignable(task.project, [person], task)
    after = {"user": str(person.pk), "name": str(person), "rule": words[:80]}
    record(by, "task:brought_up", task, after=after, key=task.ref, label=task.title, project_id=task.project_id)
    return task


def stop_rule(by: Actor, rule: AutomationRule, why: str) -> None:
    """Switch a held rule off because it cannot go on; its keeper is told."""
    rule.on, rule.off_why = False, why[:300]
    rule.save(update_fields=["on", "off_why"])
    after: Json = {"on": False, "why": rule.off_why}
    if rule.keeper_id:
        after["user"] = str(rule.keeper_id)
    _tell(by, "automation:stopped", rule, {"on": True}, after)


def leave_rules(by: Actor, membership: Membership) -> None:
    """The rules of whoever leaves are switched off (LEAVING in flowboard/reactions.py)."""
    rules = AutomationRule.objects.within(by.workspace).filter(keeper=membership.user_id, on=True, deleted_at=None)
    for rule in rules.select_for_update(no_key=True, of=("self",)).select_related("project").order_by("pk"):
        stop_rule(by, rule, LEFT)


def hold_rule(rule: AutomationRule) -> AutomationRule:
    """The row as it is now, held until commit."""
    rows = AutomationRule.objects.within(rule.workspace_id).select_for_update(no_key=True, of=("self",))
    held: AutomationRule | None = rows.select_related("project").filter(pk=rule.pk, deleted_at=None).first()
    if held is None:
        raise Refused("This rule was deleted.")
    return held


def _must_keep(by: Actor, project: Project | None) -> None:
    """Who may make rules, and may do there what rules do."""
    by.must("automation.manage")
    by.in_person()
    by.must("task.edit", project)


def _cleaned(by: Actor, project: Project | None, said: Json) -> Json:
    from ..automations.content import cleaned  # whose steps are the verbs of this package

    return cleaned(by, project, said)


def _take_over(by: Actor, rule: AutomationRule, before: Json, after: Json) -> None:
    if rule.keeper_id != by.user.pk:
        before["keeper"] = person_fact(rule.keeper) if rule.keeper else None
        after["keeper"] = person_fact(by.user)
        rule.keeper = by.user


def _turn(by: Actor, rule: AutomationRule, event: str, at: datetime | None) -> AutomationRule:
    _must_keep(by, rule.project)
    rows = AutomationRule.objects.within(by.workspace).select_for_update(no_key=True, of=("self",))
    held: AutomationRule = rows.select_related("project").get(pk=rule.pk)
    if bool(held.deleted_at) == bool(at):
        return held
    held.deleted_at, held.on = at, False
    held.save(update_fields=["deleted_at", "on"])
    facts = _facts(held)
    _tell(by, event, held, facts if at else {}, {} if at else facts)
    return held


def _facts(rule: AutomationRule) -> Json:
    project = rule.project and {"id": str(rule.project_id), "name": rule.project.key}
    return {
        "name": rule.name,
        "project": project,
        "when": rule.when,
        "conditions": rule.conditions,
        "steps": rule.steps,
    }


def _changed(was: Json, now: Json) -> tuple[Json, Json]:
    names = [name for name in now if now[name] != was[name]]
    return {name: was[name] for name in names}, {name: now[name] for name in names}


def _tell(by: Actor, event: str, rule: AutomationRule, before: Json, after: Json) -> None:
    record(by, event, rule, before=before, after=after, label=rule.name, project_id=rule.project_id)


# -- undo


@undoes("automation:created", "automation:recovered")
def take_away(by: Actor, row: Any) -> None:
    delete_rule(by, _find(by, row))


@undoes("automation:deleted")
def bring_back(by: Actor, row: Any) -> None:
    recover_rule(by, _find(by, row))


@undoes("automation:updated")
def change_back(by: Actor, row: Any) -> None:
    """Each part as it was, where it still is what the change left there."""
    rule = _find(by, row)
    now = _facts(rule)
    fields = {name: was for name, was in row.before.items() if name != "keeper"}
    for name in fields:
        if now[name] != row.after[name]:
            raise Stale(f"The {name} of the rule {rule.name} was changed again since.")
    if "project" in fields:
        fields["project"] = _project(by, fields["project"])
    update_rule(by, rule, **fields)


@undoes("automation:switched", "automation:stopped")
def switch_back(by: Actor, row: Any) -> None:
    switch_rule(by, _find(by, row), on=row.before["on"])


@undoes("task:brought_up")
def untold(by: Actor, row: Any) -> None:
    """Nobody forgets what they were told."""


def _find(by: Actor, row: Any) -> AutomationRule:
    rule: AutomationRule | None = (
        AutomationRule.objects.within(by.workspace).select_related("project").filter(pk=row.subject_id).first()
    )
    if rule is None:
        raise Stale(f"The rule {row.subject_label} is gone.")
    return rule


def _project(by: Actor, fact: Json | None) -> Project | None:
    if fact is None:
        return None
    found: Project | None = Project.objects.whole_to(by).filter(pk=fact["id"]).first()
    if found is None:
        raise Stale(f"The project {fact['name']} is gone, or not shared with you.")
    return found
