"""`Idempotency-Key`: the same key gives the same answer, once, however many copies arrive at the same time."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections, transaction

from flowboard.jobs import sweep_workspace
from tasks.actions import create_project
from tasks.models import Project, Task
from workspaces import tenancy
from workspaces.actor import Actor
from workspaces.models import ActivityLog, IdempotencyKey, Stream

from .people import Program, browser, log, make_person, make_workspace

PATH = "projects/FLOW/tasks/"


def test_the_same_key_gives_the_same_answer_once(alice: Actor, project: Project) -> None:
    program = Program(alice)
    first = program.post(PATH, {"title": "One"}, idempotency_key="a")
    again = program.post(PATH, {"title": "One"}, idempotency_key="a")
    assert (first.status_code, first.content, first["ETag"]) == (again.status_code, again.content, again["ETag"])
    assert again["Idempotent-Replayed"] == "true"
    assert not first.has_header("Idempotent-Replayed")
    assert len(log(alice, "task:created")) == 1


def test_a_verb_that_is_none_is_told_so_whatever_its_key(alice: Actor, project: Project) -> None:
    program = Program(alice)
    program.post(PATH, {"title": "One"}, idempotency_key="a")
    for verb in (program.client.trace, program.client.put):
        assert verb(program.base + PATH, headers={"idempotency-key": "a"}).status_code == 405


def test_another_request_under_the_same_key_is_refused(alice: Actor, project: Project) -> None:
    program = Program(alice)
    program.post(PATH, {"title": "One"}, idempotency_key="a")
    for answer in (
        program.post(PATH, {"title": "Two"}, idempotency_key="a"),
        program.post("projects/FLOW/labels/", {"title": "One"}, idempotency_key="a"),
    ):
        assert answer.status_code == 422
        assert list(answer.json()["errors"]) == ["Idempotency-Key"]
    assert len(log(alice, "task:created")) == 1


def test_what_was_refused_may_be_tried_again(alice: Actor, project: Project) -> None:
    program = Program(alice)
    assert program.post(PATH, {"title": ""}, idempotency_key="a").status_code == 400
    assert program.post(PATH, {"title": "One"}, idempotency_key="a").status_code == 201


def test_keys_are_each_persons_own(alice: Actor, bob: Actor, project: Project) -> None:
    keys = {Program(person).post(PATH, {"title": "One"}, idempotency_key="a").json()["key"] for person in (alice, bob)}
    assert keys == {"FLOW-1", "FLOW-2"}


def test_a_key_is_not_kept_for_ever(alice: Actor, project: Project) -> None:
    program = Program(alice)
    program.post(PATH, {"title": "One"}, idempotency_key="a")
    with tenancy.workspace(alice.workspace.pk, atomic=True):
        row = IdempotencyKey.objects.within(alice.workspace).get()
        IdempotencyKey.objects.within(alice.workspace).update(created_at=row.created_at - timedelta(hours=25))
    sweep_workspace(str(alice.workspace.pk))
    assert program.post(PATH, {"title": "One"}, idempotency_key="a").json()["key"] == "FLOW-2"


def test_a_secret_is_shown_once(alice: Actor) -> None:
    program = Program(alice)
    secret = program.post("tokens/", {"name": "deploy"}, idempotency_key="a").json()["token"]
    answer = program.post("tokens/", {"name": "deploy"}, idempotency_key="a")
    assert answer.status_code == 409
    with tenancy.workspace(alice.workspace.pk, atomic=True):
        assert secret.encode() not in bytes(IdempotencyKey.objects.within(alice.workspace).get().body)


def test_uploads_are_compared_by_their_content(alice: Actor) -> None:
    program = Program(alice)

    def upload(content: bytes) -> Any:
        file = SimpleUploadedFile("board.json", content)
        return program.client.post(program.base + "imports/", {"file": file}, headers={"idempotency-key": "a"})

    board = b'{"id": "5f0000000000000000000001", "name": "%s", "lists": [], "cards": []}'
    assert upload(board % b"One").status_code in (201, 202)
    assert upload(board % b"One").has_header("Idempotent-Replayed")
    assert upload(board % b"Two").status_code == 422


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_fifty_copies_at_the_same_time() -> None:
    """Over real transactions: one row, one answer, no fault."""
    alice = make_workspace(make_person("Alice"), "Acme", "acme")
    project = create_project(alice, name="Flow", key="FLOW")
    program, keys = Program(alice), [str(uuid4()) for _ in range(4)]

    def send(number: int) -> Any:
        try:
            return program.post(PATH, {"title": f"Task {number % 4}"}, idempotency_key=keys[number % 4])
        finally:
            connections.close_all()

    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(send, range(200)))
    assert {answer.status_code for answer in answers} == {201}
    for place in range(4):
        assert len({answer.content for answer in answers[place::4]}) == 1
    with tenancy.workspace(alice.workspace.pk, atomic=True):
        assert Task.objects.within(alice.workspace).filter(project=project).count() == 4
        seqs = list(ActivityLog.objects.within(alice.workspace).order_by("seq").values_list("seq", flat=True))
        assert seqs == list(range(1, Stream.objects.within(alice.workspace).get().head + 1))


def test_a_page_sends_a_change_again_and_is_told_the_same(alice: Actor, cards: list[Task]) -> None:
    client, url = browser(alice), "/w/acme/t/FLOW-1/comments/"
    headers = {"hx-request": "true", "idempotency-key": "a"}
    first, again = (client.post(url, {"body": "Once"}, headers=headers) for _ in range(2))
    assert (first.status_code, again.status_code) == (204, 204)
    assert first["HX-Trigger"] == again["HX-Trigger"]
    assert again["Idempotent-Replayed"] == "true"
    assert len(log(alice, "comment:created")) == 1


@pytest.mark.parametrize("verb", ["delete", "post"])
def test_each_verb_of_a_page_is_done_once(alice: Actor, cards: list[Task], verb: str) -> None:
    client, headers = browser(alice), {"hx-request": "true", "idempotency-key": "a"}
    url = "/w/acme/t/FLOW-1/archive/"
    if verb == "delete":
        client.post(url)
    events = ("task:archived", "task:restored")
    before = len(log(alice, *events))
    answers = [getattr(client, verb)(url, headers=headers) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [204, 204]
    assert len(log(alice, *events)) == before + 1
    other = "post" if verb == "delete" else "delete"
    refused = getattr(client, other)(url, headers=headers)
    assert refused.status_code == 422
    assert "another request" in refused["HX-Trigger"]
    assert len(log(alice, *events)) == before + 1


def test_what_a_page_was_refused_may_be_tried_again(alice: Actor, cards: list[Task]) -> None:
    client, headers = browser(alice), {"hx-request": "true", "idempotency-key": "a"}
    assert client.post("/w/acme/t/FLOW-1/comments/", {"body": ""}, headers=headers).status_code == 422
    assert client.post("/w/acme/t/FLOW-1/comments/", {"body": "Yes"}, headers=headers).status_code == 204


def test_programs_delete_once_too(alice: Actor, cards: list[Task]) -> None:
    program = Program(alice)
    first, again = (program.delete("tasks/FLOW-1/", idempotency_key="a") for _ in range(2))
    assert (first.status_code, again.status_code) == (204, 204)
    assert program.delete("tasks/FLOW-1/").status_code == 404


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_a_copy_that_waits_too_long_holds_up_nobody_else(alice: Actor, project: Project) -> None:
    program = Program(alice)
    with connections["owner"].cursor() as cursor, transaction.atomic("owner"):
        cursor.execute("SELECT set_config('flowboard.workspace_id', %s, true)", [str(alice.workspace.pk)])
        IdempotencyKey(workspace_id=alice.workspace.pk, user=alice.user, key="a").save(using="owner", force_insert=True)
        copy = program.post(PATH, {"title": "Again"}, idempotency_key="a")
        other = program.post(PATH, {"title": "Another"}, idempotency_key="b")
        transaction.set_rollback(True, "owner")
    assert (copy.status_code, other.status_code) == (503, 201)
    assert copy["Retry-After"]
