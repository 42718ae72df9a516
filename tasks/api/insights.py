"""…/projects/<KEY>/insights/: what stands out in a project, by rule."""

from typing import Any

from django.http import HttpResponse
from rest_framework import serializers
from rest_framework.request import Request

from workspaces.rest.schema import describes
from workspaces.rest.view import Endpoint, answer

from ..reading.facts import facts_of
from ..reading.insights import KINDS, Fact, Load, insights_of
from .rows import PersonRef


class FactOut(serializers.Serializer[Any]):
    """One thing that stands out."""

    kind = serializers.ChoiceField(choices=list(KINDS))
    cite = serializers.CharField(help_text="FLOW-42, `person:` and a name, or `column:` and a name")
    words = serializers.CharField()


class LoadOut(serializers.Serializer[Any]):
    """What somebody has at hand: in progress, or due within two weeks."""

    user = PersonRef()
    points = serializers.IntegerField(help_text="a task without an estimate counts 1")
    tasks = serializers.IntegerField()
    late = serializers.IntegerField()


InsightCountsOut = type(
    "InsightCountsOut",
    (serializers.Serializer,),
    {kind: serializers.IntegerField() for kind in KINDS} | {"__doc__": "How many there are of each kind in all."},
)


class InsightsOut(serializers.Serializer[Any]):
    """What is late, blocked, stale or too much: at most 50 of a kind."""

    counts = InsightCountsOut()
    facts = FactOut(many=True)
    load = LoadOut(many=True)


class Insights(Endpoint):
    """What stands out in a project."""

    @describes("get_insights", InsightsOut)
    def get(self, request: Request, workspace: str, key: str) -> HttpResponse:
        """What is late, blocked, stale or too much, as far as you see it."""
        found = insights_of(self.by, facts_of(self.by, key))
        facts = [shown(fact) for rows in found.facts.values() for fact in rows]
        return answer({"counts": found.counts, "facts": facts, "load": [_load(load) for load in found.loads]})


def shown(fact: Fact) -> dict[str, str]:
    """As the API says it."""
    return {"kind": fact.kind, "cite": fact.cite, "words": fact.words}


def _load(load: Load) -> dict[str, Any]:
    user = {"id": load.person["id"], "name": load.person["name"]}
    return {"user": user, "points": load.points, "tasks": load.tasks, "late": load.late}
