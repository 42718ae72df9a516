"""The door: who gets in, what an error leaves behind, and who waits for whom."""

import psycopg
import pytest
from django.db import connections

from tasks.models import Project
from tasks.tests.boards import tally
from workspaces.actor import Actor
from workspaces.tests.people import Program, browser, log


def test_a_member_gets_in_and_nobody_else(alice: Actor, eve: Actor, client) -> None:  # type: ignore[no-untyped-def]
    assert browser(alice).get("/w/acme/").status_code == 200
    assert browser(eve).get("/w/acme/").status_code == 404
    assert browser(alice).get("/w/nowhere/").status_code == 404
    assert client.get("/w/acme/").status_code == 302


def test_a_token_opens_its_own_workspace_only(alice: Actor, eve: Actor) -> None:
    program = Program(eve)
    assert program.get("/api/v1/workspaces/globex/").status_code == 200
    assert program.get("/api/v1/workspaces/acme/").status_code == 404


def test_an_unknown_token_is_401(alice: Actor, client) -> None:  # type: ignore[no-untyped-def]
    for words in ("fb_x", f"fb_{alice.workspace.pk.hex}_{'x' * 43}", "fb_" + "0" * 32 + "_" + "x" * 43, ""):
        answer = client.get("/api/v1/workspaces/acme/", headers={"authorization": f"Token {words}"})
        assert answer.status_code == 401, words


def test_an_error_undoes_the_whole_request(alice: Actor, project: Project) -> None:
    rows = len(log(alice))
    answer = Program(alice).post("tasks/bulk/", {"tasks": ["FLOW-1"], "set": {"priority": 99}})
    assert answer.status_code >= 400
    assert tally(project, "Backlog") == 0 and len(log(alice, "task:created")) == 0
    assert len(log(alice)) == rows + 1  # the token


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_a_held_workspace_makes_only_itself_wait(alice: Actor, eve: Actor, project: Project) -> None:
    """CHECKS.md 20: somebody holds one workspace's counter; its writers get 503, the others go on."""
    mine, hers = Program(alice), Program(eve)
    url = connections["owner"].get_connection_params()
    holder = psycopg.connect(
        host=url["host"],
        port=url["port"],
        user=url["user"],
        password=url["password"],
        dbname=connections["owner"].settings_dict["NAME"],
    )
    with holder, holder.cursor() as cursor:
        cursor.execute("UPDATE workspaces_stream SET head = head WHERE workspace_id = %s", [alice.workspace.pk])
        refused = [mine.post("projects/FLOW/tasks/", {"title": "Waits"}) for _ in range(3)]
        assert [answer.status_code for answer in refused] == [503] * 3
        assert refused[0]["Retry-After"] and refused[0]["Content-Type"] == "application/problem+json"
        assert mine.get("projects/FLOW/tasks/").status_code == 200
        assert hers.post("projects/", {"name": "Free"}).status_code == 201
        holder.rollback()
    assert log(alice, "task:created") == []
