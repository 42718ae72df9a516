"""create_token and verify_log, as they are typed."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connections
from django.test import Client

from accounts.models import User
from tasks.actions import create_project, create_task, update_task
from workspaces.actions import choose_plan
from workspaces.actor import Actor
from workspaces.errors import Forbidden
from workspaces.plans import PLANS

from .people import Program, add_member, log, make_person, make_workspace

COMMITTED = pytest.mark.django_db(transaction=True, databases=["default", "owner", "ops"])


def said(*words: str) -> str:
    out = StringIO()
    call_command(*words, stdout=out, stderr=out)
    return out.getvalue()


def test_the_token_lets_its_person_in(bob: Actor) -> None:
    token = said("create_token", "BOB@example.com", "--workspace", "acme")
    assert token == f"{token.strip()}\n"
    answer = Client(headers={"authorization": f"Token {token.strip()}"}).get("/api/v1/workspaces/acme/")
    assert answer.json()["role"]["key"] == "member"


@pytest.mark.parametrize(
    ("email", "slug", "words"),
    [
        ("nobody@example.com", "acme", "Nobody"),
        ("bob@example.com", "globex", "not a member"),
        ("bob@example.com", "x", "not a member"),
    ],
)
def test_who_is_not_a_member_gets_none(bob: Actor, eve: Actor, email: str, slug: str, words: str) -> None:
    with pytest.raises(CommandError, match=words):
        said("create_token", email, "--workspace", slug)


@pytest.fixture
def acme(transactional_db: None) -> Actor:
    """A workspace whose record has something of every kind, umlauts and dates too."""
    alice = make_workspace(make_person("Alice"), "Acme", "acme")
    add_member(alice, make_person("Bob"), "member")
    project = create_project(alice, name="Größe – 1.0", key="FLOW")
    task = create_task(
        alice, project, title="Ein “Zitat” \U0001f600", priority=2, estimate=3, assignees=list(User.objects.all())
    )
    update_task(alice, task, title="Anders", description="<&>\n\t")
    return alice


@COMMITTED
def test_a_whole_record(acme: Actor) -> None:
    assert said("verify_log") == said("verify_log", "--workspace", "acme") == "acme: the record is whole.\n"
    with pytest.raises(CommandError, match="no workspace"):
        said("verify_log", "--workspace", "nowhere")


def tamper(*statements: str) -> None:
    """What only the owner of the tables could do."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE workspaces_activitylog DISABLE TRIGGER append_only")
        for statement in statements:
            cursor.execute(statement)
        cursor.execute("ALTER TABLE workspaces_activitylog ENABLE TRIGGER append_only")


ROW = "workspaces_activitylog SET"


@COMMITTED
@pytest.mark.parametrize(
    ("statement", "words"),
    [
        (f'UPDATE {ROW} after = \'{{"title": "Never said"}}\' WHERE seq = 3', "seq 3 was changed"),
        (f"UPDATE {ROW} created_at = created_at - interval '1 day' WHERE seq = 4", "seq 4 was changed"),
        (f"UPDATE {ROW} actor_id = NULL WHERE seq = 2", "seq 2 was changed"),
        ("DELETE FROM workspaces_activitylog WHERE seq = 4", "seq 4 is missing"),
        ("DELETE FROM workspaces_activitylog WHERE seq IN (3, 4, 5)", "seq 3 to 5 is missing"),
        (
            "DELETE FROM workspaces_activitylog WHERE seq = (SELECT max(seq) FROM workspaces_activitylog)",
            "the stream stands at",
        ),
        (f"UPDATE {ROW} prev_hash = repeat('0', 64) WHERE seq = 5", "seq 5 does not follow from seq 4"),
        ("UPDATE workspaces_stream SET hash = repeat('0', 64)", "The stream's hash is not that of seq"),
        ("UPDATE workspaces_stream SET head = head + 1", "the stream stands at"),
    ],
)
def test_a_broken_record_is_found_and_placed(acme: Actor, statement: str, words: str) -> None:
    tamper(statement)
    out = StringIO()
    with pytest.raises(CommandError, match="broken in acme") as no:
        call_command("verify_log", stdout=out, stderr=out)
    assert no.value.returncode == 1
    assert words in out.getvalue()


@COMMITTED
def test_the_operator_chooses_a_plan(acme: Actor) -> None:
    assert said("set_plan", "acme", "free") == "acme: free.\n"
    assert said("set_plan", "acme", "free") == "acme: free.\n"
    assert [(row.after, row.via) for row in log(acme, "workspace:plan_changed")] == [({"plan": "free"}, "system")]
    assert Program(acme).get("")["RateLimit-Limit"] == str(PLANS["free"].per_token)
    assert said("set_plan", "acme") == "acme: the plan of the setting PLAN.\n"
    with pytest.raises(CommandError):
        said("set_plan", "acme", "gold")
    with pytest.raises(CommandError, match="no workspace"):
        said("set_plan", "nowhere", "pro")
    with pytest.raises(Forbidden, match="operator"):
        choose_plan(acme, plan="pro")
