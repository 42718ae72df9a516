"""A statement compiled once serves every workspace with its own rows, and still has to be told which."""

from uuid import UUID

import pytest

from workspaces import tenancy
from workspaces.actor import Actor
from workspaces.compiled import compiled
from workspaces.models import Membership
from workspaces.scoping import UnscopedQuery


@compiled
def members(workspace: UUID, people: list[UUID], *, newest: bool) -> object:
    """Some of the members by name."""
    rows = Membership.objects.within(workspace).filter(user__pk__any=people)
    return rows.order_by("-joined_at" if newest else "joined_at").values_list("user__name", "role__level")


def test_each_call_has_its_own_parameters_and_each_shape_its_statement(alice: Actor, bob: Actor, eve: Actor) -> None:
    people = [alice.user.pk, bob.user.pk, eve.user.pk]
    with tenancy.workspace(alice.workspace.pk, atomic=True):
        assert members(alice.workspace.pk, people, newest=False) == [("Alice", 40), ("Bob", 20)]
        assert members(alice.workspace.pk, people, newest=True) == [("Bob", 20), ("Alice", 40)]
        assert members(alice.workspace.pk, [bob.user.pk], newest=True) == [("Bob", 20)]
        assert members(alice.workspace.pk, [], newest=True) == []
    with tenancy.workspace(eve.workspace.pk, atomic=True):
        assert members(eve.workspace.pk, people, newest=False) == [("Eve", 40)]


def test_a_query_that_was_not_told_its_workspace_is_refused(alice: Actor) -> None:
    with pytest.raises(UnscopedQuery):
        compiled(lambda person: Membership.objects.filter(user=person).values_list("id"))(alice.user.pk)
