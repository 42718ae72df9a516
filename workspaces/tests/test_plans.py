"""What a plan has room for, and that nobody slips past it at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from django.urls import reverse

from tasks.actions import create_project, create_task, delete_project
from tasks.models import Attachment
from workspaces import plans, tenancy
from workspaces.actions import accept_invitation, change_role, invite_member, revoke_invitation
from workspaces.actor import Actor
from workspaces.checks import known_plan, readable_proxies
from workspaces.errors import Refused
from workspaces.models import Invitation, Membership, Role
from workspaces.plans import OverPlan, must_fit, used
from workspaces.spine import acting

from .people import Program, add_member, browser, log, make_person, make_workspace

HTMX = {"HX-Request": "true"}


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch, alice: Actor) -> Actor:
    """Alice, whose plan has three seats, two projects and 1,000 bytes."""
    tiny = replace(plans.PLANS["free"], seats=3, projects=2, storage=1000)
    monkeypatch.setitem(plans.PLANS, "free", tiny)
    alice.workspace.plan = "free"
    with acting(alice):
        alice.workspace.save(update_fields=["plan"])
    return alice


def role(by: Actor, key: str) -> Role:
    with tenancy.workspace(by.workspace.pk, atomic=True):
        return Role.objects.within(by.workspace).get(key=key)


def invite(by: Actor, name: str, key: str = "member") -> Invitation:
    return invite_member(by, email=f"{name}@example.com", role=role(by, key))


def test_members_and_pending_invitations_take_seats(small: Actor) -> None:
    invite(small, "ann")
    second = invite(small, "ben")
    with pytest.raises(OverPlan, match="Free plan has 3 seats, and 3 are taken") as no:
        invite(small, "cat")
    assert no.value.status == 402
    invite(small, "ben")  # in place of the old one
    assert [row.subject_label for row in log(small, "invitation:created")] == [
        "ann@example.com", "ben@example.com", "ben@example.com",
    ]  # fmt: skip
    revoke_invitation(small, second)
    with tenancy.workspace(small.workspace.pk, atomic=True):
        assert used(small.workspace, "seats") == 3


def test_guests_and_programs_take_none(small: Actor) -> None:
    for name in ("ann", "ben", "cat", "dan"):
        invite(small, name, "guest")
    program = make_person("Robot")
    program.is_program = True
    program.save()
    add_member(small, program, "member")
    invite(small, "fay")
    invite(small, "gil")
    with pytest.raises(OverPlan):
        invite(small, "hal")


def test_a_guest_who_becomes_a_member_needs_a_seat(small: Actor, gus: Actor) -> None:
    with tenancy.workspace(small.workspace.pk, atomic=True):
        guest = Membership.objects.within(small.workspace).get(user=gus.user)
    invite(small, "ann")
    invite(small, "ben")
    with pytest.raises(OverPlan):
        change_role(small, guest, role=role(small, "member"))


def test_accepting_takes_the_seat_that_was_kept(small: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    invitations = [invite(small, "ann"), invite(small, "ben")]
    accept_invitation(make_person("Ann"), invitations[0])
    monkeypatch.setitem(plans.PLANS, "free", replace(plans.PLANS["free"], seats=2))
    with pytest.raises(OverPlan):
        accept_invitation(make_person("Ben"), invitations[1])


def test_projects(small: Actor) -> None:
    first = create_project(small, name="One", key="ONE")
    create_project(small, name="Two", key="TWO")
    with pytest.raises(OverPlan, match="room for 2 projects, and there are 2"):
        create_project(small, name="Three", key="THREE")
    delete_project(small, first)
    create_project(small, name="Three", key="THREE")
    undo = f"changes/{log(small, 'project:deleted')[0].change_id}/undo/"  # would make it three
    assert Program(small).post(undo).status_code == 409
    assert Program(small).post("projects/", {"name": "Four"}).json()["status"] == 402
    page = browser(small).post(reverse("project_new", args=["acme"]), {"name": "Four", "key": "FOUR"}, headers=HTMX)
    assert page.status_code == 422
    assert "larger plan" in page.content.decode()


def test_storage(small: Actor) -> None:
    task = create_task(small, create_project(small, name="One", key="ONE"), title="Files")
    with acting(small):
        must_fit(small, "storage", 1000)
        Attachment(workspace=small.workspace, task=task, name="a.txt", file="a.txt", size=700).save(force_insert=True)
        must_fit(small, "storage", 300)
        with pytest.raises(OverPlan, match="300.?B|301"):
            must_fit(small, "storage", 301)


def test_an_operators_own_plan_has_no_end(alice: Actor) -> None:
    with acting(alice):
        for kind in ("seats", "projects", "storage"):
            must_fit(alice, kind, 10**12)


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_at_the_same_moment_exactly_as_many_as_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(plans.PLANS, "free", replace(plans.PLANS["free"], seats=5, projects=5))
    alice = make_workspace(make_person("Alice"), "Acme", "acme")
    alice.workspace.plan = "free"
    with acting(alice):
        alice.workspace.save(update_fields=["plan"])
    member = role(alice, "member")

    def ask(number: int) -> str:
        try:
            invite_member(alice, email=f"p{number}@example.com", role=member)
            create_project(alice, name=f"P{number}", key=f"PR{number}")
        except Refused as no:
            return type(no).__name__
        finally:
            connection.close()
        return "in"

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(ask, range(24)))
    assert sorted(answers) == ["OverPlan"] * 20 + ["in"] * 4
    with tenancy.workspace(alice.workspace.pk, atomic=True):
        assert (used(alice.workspace, "seats"), used(alice.workspace, "projects")) == (5, 4)


def test_settings_that_mean_nothing_are_named(settings: Any) -> None:
    assert known_plan() == readable_proxies() == []
    settings.PLAN, settings.TRUSTED_PROXIES = "gold", ["10.0.0.0/8", "unix", "proxy"]
    assert "gold" in known_plan()[0].msg
    assert "proxy" in readable_proxies()[0].msg
