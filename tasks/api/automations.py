"""…/automations/: rules, what they met, and trying one on a card."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from workspaces.actor import Actor
from workspaces.errors import Refused
from workspaces.rest.cursor import Key, PageQuery, moment, uuid
from workspaces.rest.fields import Choice, Flag, Strict, Text, Whole
from workspaces.rest.schema import describes
from workspaces.rest.view import Endpoint, answer, nothing

from ..actions import create_rule, delete_rule, switch_rule, update_rule
from ..automations.conditions import CONDITIONS
from ..automations.content import content_of
from ..automations.reading import find_rule, rules_of, runs_of
from ..automations.steps import STEPS
from ..automations.triggers import TRIGGERS
from ..automations.trying import times, tried
from ..models import AutomationRule, AutomationRun, Project, Task
from ..reading.finding import find_project, tasks_by_ref
from .rows import PersonRef

OLDEST = [Key("created_at", moment), Key("pk", uuid)]
NEWEST = [Key("created_at", moment, down=True), Key("pk", uuid, down=True)]
STATES = AutomationRun.State.values
MOST = 10_000  # of a number that a part may name
WHEN, IF, THEN = list(TRIGGERS), list(CONDITIONS), list(STEPS)


@extend_schema_field({"type": ["string", "integer", "null"], "maxLength": 2000, "minimum": -MOST, "maximum": MOST})
class Said(serializers.Field[Any, Any, Any, Any]):
    """Text, a whole number or null: what the kind asks for."""

    def to_internal_value(self, data: Any) -> Any:
        fits = isinstance(data, str) and len(data) <= 2000
        if not fits and (isinstance(data, bool) or not isinstance(data, int) or abs(data) > MOST):
            raise ValidationError("This must be text of at most 2,000 characters, a whole number or null.")
        return data

    def to_representation(self, value: Any) -> Any:
        return value


def _part(name: str, kinds: list[str], doc: str) -> type[Strict]:
    fields = {
        "kind": Choice(choices=kinds),
        "value": Said(required=False, allow_null=True, help_text="what the kind asks for: docs/automations.md"),
    }
    return type(name, (Strict,), {**fields, "__doc__": doc})


RuleWhen = _part("RuleWhen", WHEN, "What sets a rule off.")
RuleCondition = _part("RuleCondition", IF, "What must be so of the card.")
RuleStep = _part("RuleStep", THEN, "What is done.")


class AutomationChange(Strict):
    """Only what is sent is changed; whoever changes a rule keeps it from then on."""

    name = Text(max_length=80, required=False)
    project = Text(max_length=8, required=False, allow_null=True, help_text="its KEY; null: all that you may edit")
    when = RuleWhen(required=False)
    conditions = serializers.ListField(child=RuleCondition(), required=False, max_length=10)
    steps = serializers.ListField(child=RuleStep(), required=False, max_length=5)
    on = Flag(required=False)
    version = Whole(required=False, help_text="refused (412) when the rule was changed since")


class AutomationIn(AutomationChange):
    """A new rule."""

    name = Text(max_length=80)
    when = RuleWhen()
    steps = serializers.ListField(child=RuleStep(), max_length=5)
    version = None


class AutomationPart(serializers.Serializer[Any]):
    """A part of a rule."""

    kind = serializers.CharField()
    value = Said(allow_null=True)


class AutomationOut(serializers.Serializer[Any]):
    """A rule, with what has become of it."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    sentence = serializers.CharField(help_text="When …, if …, then …")
    project = serializers.CharField(allow_null=True, help_text="its KEY")
    when = AutomationPart()
    conditions = AutomationPart(many=True)
    steps = AutomationPart(many=True)
    on = serializers.BooleanField()
    off_why = serializers.CharField(help_text="why it was switched off by itself")
    faults = serializers.ListField(child=serializers.CharField(), help_text="what it names that is gone")
    keeper = PersonRef(allow_null=True)
    failures = serializers.IntegerField(help_text="running; ten switch it off")
    runs_this_month = serializers.IntegerField(help_text="that did something")
    last_run_at = serializers.DateTimeField(allow_null=True)
    version = serializers.IntegerField()
    created_at = serializers.DateTimeField()


class AutomationRunOut(serializers.Serializer[Any]):
    """What came of it when a rule met something."""

    id = serializers.UUIDField()
    state = serializers.ChoiceField(choices=STATES)
    why = serializers.CharField()
    task = serializers.CharField(help_text="FLOW-42")
    cause_seq = serializers.IntegerField(
        allow_null=True, help_text="the row of the record that set it off; null: a day"
    )
    change_id = serializers.UUIDField(allow_null=True, help_text="the act, which can be undone")
    depth = serializers.IntegerField()
    left = serializers.IntegerField(help_text="further ones that were left for the same reason")
    created_at = serializers.DateTimeField()


class AutomationTrial(Strict):
    """On which card."""

    task = Text(max_length=20, help_text="FLOW-42")


class AutomationTried(serializers.Serializer[Any]):
    """What the rule would do; nothing was done."""

    fits = serializers.BooleanField(help_text="whether its conditions hold now")
    would = serializers.ListField(child=serializers.CharField())
    why = serializers.CharField(help_text="why it could not")
    times = serializers.IntegerField(
        help_text="how often it would have run in the last 30 days, of cards as they are now"
    )


class Rules(Endpoint):
    """What rules have in common."""

    def project(self, key: str | None) -> Project | None:
        """By its KEY."""
        try:
            return find_project(self.by, key) if key else None
        except Http404:
            raise Refused(f"There is no project {key}, or it is not shared with you.", "project") from None

    def row(self, rule: AutomationRule) -> dict[str, Any]:
        """As the API says it."""
        return rule_row(self.by, rule)


class Automations(Rules):
    """The rules of a workspace."""

    @describes("list_automations", AutomationOut, query=PageQuery, page=True, tag="automations")
    def get(self, request: Request, workspace: str) -> HttpResponse:
        """Those of projects that you see whole, and those for all projects, the oldest first."""
        return self.page(rules_of(self.by), OLDEST, self.row)

    @describes("create_automation", AutomationOut, status=201, body=AutomationIn, tag="automations")
    def post(self, request: Request, workspace: str) -> HttpResponse:
        """Make a rule; you keep it, and it acts with your rights."""
        said = self.given(AutomationIn)
        self.by.must("automation.manage")
        rule = create_rule(self.by, **said | {"project": self.project(said.get("project"))})
        return answer(self.row(find_rule(self.by, rule.pk)), 201)


class OneAutomation(Rules):
    """One rule."""

    @describes("read_automation", AutomationOut, tag="automations")
    def get(self, request: Request, workspace: str, rule: UUID) -> HttpResponse:
        """The rule."""
        return answer(self.row(find_rule(self.by, rule)))

    @describes("update_automation", AutomationOut, body=AutomationChange, tag="automations")
    def patch(self, request: Request, workspace: str, rule: UUID) -> HttpResponse:
        """Change what is sent, or switch it."""
        held, said = find_rule(self.by, rule), self.given(AutomationChange)
        self.by.must("automation.manage")
        on = said.pop("on", None)
        if "project" in said:
            said["project"] = self.project(said["project"])
        base = said.pop("version", None)
        if said:
            held = update_rule(self.by, held, base_version=base, **said)
        if on is not None:
            switch_rule(self.by, held, on=on)
        return answer(self.row(find_rule(self.by, rule)))

    @describes("delete_automation", status=204, tag="automations")
    def delete(self, request: Request, workspace: str, rule: UUID) -> HttpResponse:
        """Delete it; what it did stays."""
        delete_rule(self.by, find_rule(self.by, rule))
        return nothing()


class AutomationRuns(Endpoint):
    """What a rule met."""

    @describes("list_automation_runs", AutomationRunOut, query=PageQuery, page=True, tag="automations")
    def get(self, request: Request, workspace: str, rule: UUID) -> HttpResponse:
        """Its runs on cards that you see, the newest first, for 90 days."""
        return self.page(runs_of(self.by, find_rule(self.by, rule)), NEWEST, run_row)


class TryAutomation(Endpoint):
    """A rule on trial."""

    @describes("try_automation", AutomationTried, body=AutomationTrial, tag="automations")
    def post(self, request: Request, workspace: str, rule: UUID) -> HttpResponse:
        """What it would do with a card if you kept it. Nothing is done."""
        held, said = find_rule(self.by, rule), self.given(AutomationTrial)
        self.by.must("automation.manage")
        found = tried(self.by, held, _task(self.by, said["task"]))
        return answer({"fits": found.fits, "would": found.would, "why": found.why, "times": times(self.by, held)[0]})


def _task(by: Actor, ref: str) -> Task:
    found = tasks_by_ref(by, [ref])
    if ref not in found:
        raise Refused(f"There is no task {ref}, or it is not shared with you.", "task")
    return found[ref]


def rule_row(by: Actor, rule: AutomationRule) -> dict[str, Any]:
    """As the API says it."""
    content = content_of(by, rule)
    names = ("id", "name", "when", "conditions", "steps", "on", "off_why", "failures", "version", "created_at")
    return {name: getattr(rule, name) for name in names} | {
        "sentence": content.sentence, "faults": content.faults, "project": rule.project and rule.project.key,
        "keeper": rule.keeper and {"id": rule.keeper.pk, "name": str(rule.keeper)},
        "runs_this_month": rule.done_this_month or 0, "last_run_at": rule.last_at,  # type: ignore[attr-defined]
    }  # fmt: skip


def run_row(run: AutomationRun) -> dict[str, Any]:
    """As the API says it."""
    names = ("id", "state", "why", "change_id", "depth", "left", "created_at")
    return {name: getattr(run, name) for name in names} | {"task": run.task and run.task.ref, "cause_seq": run.seq}
