"""An import through its doors: the page, REST, the command line, and the job behind the first two."""

import io
import json
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command

from tasks.actions import update_project
from tasks.actions.imports import start_import
from tasks.imports.run import left_behind, perform
from tasks.models import ImportRun, Project, Task
from tasks.tests.trello_board import as_bytes, card, export
from workspaces import tenancy
from workspaces.actor import Actor
from workspaces.errors import Forbidden, Refused
from workspaces.tests.people import Program, browser, log

NOBODYS = "01890000-0000-7000-8000-000000000000"


def file(data: bytes | None = None, name: str = "board.json") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, as_bytes() if data is None else data, "application/json")


def runs(by: Actor) -> list[ImportRun]:
    with tenancy.workspace(by.workspace.pk, atomic=True):
        return list(ImportRun.objects.within(by.workspace).select_related("project").order_by("created_at"))


def work(by: Actor) -> ImportRun:
    """What a worker does with the newest run."""
    perform(by.workspace.pk, runs(by)[-1].pk)
    return runs(by)[-1]


def titles(by: Actor) -> list[str]:
    with tenancy.workspace(by.workspace.pk, atomic=True):
        return sorted(Task.objects.within(by.workspace).values_list("title", flat=True))


class TestTheJob:
    def test_a_run_is_done_with_its_project_change_and_report(self, bob: Actor) -> None:
        start_import(bob, data=as_bytes(), file_name="board.json")
        run = work(bob)
        assert (run.state, run.error, bytes(run.data)) == ("done", "", b"")
        assert (run.project.name, run.report["new"]) == ("Test drive", 8)
        assert {row.change_id for row in log(bob) if row.via == "import"} == {run.change_id}

    def test_the_job_twice_does_it_once(self, bob: Actor) -> None:
        start_import(bob, data=as_bytes())
        first, second = work(bob), work(bob)
        assert (first.change_id, len(titles(bob))) == (second.change_id, 8)

    def test_a_dead_worker_leaves_nothing_and_the_next_one_finishes(self, bob: Actor) -> None:
        def die(percent: int, step: str) -> None:
            if percent > 50:
                raise SystemExit

        run = start_import(bob, data=as_bytes())
        with pytest.raises(SystemExit):
            perform(bob.workspace.pk, run.pk, tell=die)
        assert (titles(bob), runs(bob)[0].state) == ([], "running")
        with tenancy.workspace(bob.workspace.pk, atomic=True):
            assert left_behind(bob.workspace.pk, runs(bob)[0].created_at) == []
        assert (work(bob).state, len(titles(bob))) == ("done", 8)

    def test_a_file_that_kills_every_worker_is_given_up(self, bob: Actor) -> None:
        def die(percent: int, step: str) -> None:
            raise SystemExit

        run = start_import(bob, data=as_bytes())
        for _ in range(3):
            with pytest.raises(SystemExit):
                perform(bob.workspace.pk, run.pk, tell=die)
        failed = work(bob)
        assert (failed.state, titles(bob)) == ("failed", [])
        assert "begun 3 times" in failed.error

    def test_a_broken_file_fails_with_its_place(self, bob: Actor) -> None:
        start_import(bob, data=as_bytes()[:500])
        run = work(bob)
        assert (run.state, run.project, titles(bob), bytes(run.data)) == ("failed", None, [], b"")
        assert run.error.startswith("Line 1, column ")

    def test_nothing_happens_for_somebody_who_has_left(self, alice: Actor, bob: Actor) -> None:
        from workspaces.actions import leave_workspace

        run = start_import(bob, data=as_bytes())
        leave_workspace(bob)
        perform(bob.workspace.pk, run.pk)
        assert (runs(alice)[-1].state, titles(alice)) == ("queued", [])

    def test_not_of_another_workspace(self, bob: Actor, eve: Actor) -> None:
        run = start_import(bob, data=as_bytes())
        perform(eve.workspace.pk, run.pk)
        assert (runs(bob)[0].state, titles(eve)) == ("queued", [])

    def test_refusals(self, bob: Actor, gus: Actor) -> None:
        with pytest.raises(Forbidden):
            start_import(gus, data=as_bytes())
        with pytest.raises(Refused, match="kind"):
            start_import(bob, data=as_bytes(), kind="jira")
        for _ in range(5):
            start_import(bob, data=as_bytes())
        with pytest.raises(Refused, match="still waiting"):
            start_import(bob, data=as_bytes())


class TestThePage:
    def test_choose_watch_open_undo(self, bob: Actor) -> None:
        client = browser(bob)
        assert b'type="file"' in client.get("/w/acme/imports/new/").content
        watching = client.post("/w/acme/imports/new/", {"file": file()})["Location"]
        assert watching == f"/w/acme/imports/{runs(bob)[0].pk}/"
        page = client.get(watching).content.decode()
        assert '<progress class="progress-l" max="100" value="0"' in page
        assert f'hx-get="{watching}"' in page
        run = work(bob)
        part = client.get(watching, headers={"HX-Request": "true", "HX-Target": "import"}).content.decode()
        assert part.lstrip().startswith('<section id="import"')
        assert f'href="/w/acme/p/{run.project.key}/board/"' in part
        assert "hx-get" not in part
        assert "Imported 8 cards" in part
        assert client.post(f"/w/acme/changes/{run.change_id}/undo/").status_code == 204
        assert "This import was undone" in client.get(watching).content.decode()

    def test_a_broken_file_is_named_on_the_form_and_nothing_is_kept(self, bob: Actor) -> None:
        broken = as_bytes(export(cards=[card("x", 1, 1) | {"name": 5}]))
        response = browser(bob).post("/w/acme/imports/new/", {"file": file(broken)})
        assert response.status_code == 422
        assert "cards[0].name: This should be a text, but it is a number." in response.content.decode()
        assert runs(bob) == []

    @pytest.mark.parametrize(
        ("data", "words"),
        [({}, "Choose the file"), ({"file": b""}, "The file is empty"), ({"file": b"{"}, "ends too soon")],
    )
    def test_no_file_and_no_board(self, bob: Actor, data: dict[str, bytes], words: str) -> None:
        sent = {name: file(value) for name, value in data.items()}
        response = browser(bob).post("/w/acme/imports/new/", sent)
        assert (response.status_code, words in response.content.decode()) == (422, True)

    def test_a_failed_run_says_why_and_shows_the_way_out(self, bob: Actor) -> None:
        run = start_import(bob, data=b'{"lists": [], "cards": [')
        work(bob)
        page = browser(bob).get(f"/w/acme/imports/{run.pk}/").content.decode()
        assert "Line 1, column 25: The file ends too soon" in page
        assert 'href="/w/acme/imports/new/"' in page

    def test_again_makes_a_copy(self, bob: Actor) -> None:
        for fields in ({}, {"again": "1"}):
            browser(bob).post("/w/acme/imports/new/", {"file": file(), **fields})
            work(bob)
        assert [run.project.name for run in runs(bob)] == ["Test drive", "Test drive (copy)"]

    def test_the_record_is_no_key_to_what_became_private(self, alice: Actor, bob: Actor) -> None:
        """The report names the board, its lists and people: whoever reads the whole record still does not belong to it."""
        start_import(bob, data=as_bytes(), file_name="board.json")
        run = work(bob)
        address = f"/w/acme/imports/{run.pk}/"
        assert browser(alice).get(address).status_code == 200
        update_project(bob, run.project, private=True)
        assert [browser(one).get(address).status_code for one in (alice, bob)] == [404, 200]
        assert Program(alice).get(f"imports/{run.pk}/").status_code == 404
        assert "board.json" not in browser(alice).get("/w/acme/imports/new/").content.decode()

    def test_who_sees_it(self, alice: Actor, bob: Actor, gus: Actor, eve: Actor) -> None:
        address = f"/w/acme/imports/{start_import(alice, data=as_bytes()).pk}/"
        assert [browser(one).get(address).status_code for one in (alice, bob, gus, eve)] == [200, 404, 404, 404]
        assert browser(gus).get("/w/acme/imports/new/").status_code == 403
        assert browser(gus).post("/w/acme/imports/new/", {"file": file()}).status_code == 403
        assert browser(eve).post("/w/acme/imports/new/", {"file": file()}).status_code == 404
        assert browser(alice).get(f"/w/acme/imports/{NOBODYS}/").status_code == 404


class TestRest:
    def test_from_post_to_report(self, bob: Actor) -> None:
        program = Program(bob)
        started = program.post("imports/", {"kind": "trello", "data": export()})
        assert (started.status_code, started.json()["state"], started.json()["progress"]) == (202, "queued", 0)
        address = f"imports/{started.json()['id']}/"
        run = work(bob)
        answer = program.get(address).json()
        assert (answer["state"], answer["progress"], answer["error"]) == ("done", 100, None)
        assert (answer["project"], answer["report"]["new"], answer["change"]) == (
            run.project.key,
            8,
            str(run.change_id),
        )
        assert program.post(f"changes/{answer['change']}/undo/").status_code == 200
        assert (program.get(address).json()["project"], program.get(address).json()["undone"]) == (None, True)

    def test_the_export_itself_or_a_file_will_do(self, bob: Actor) -> None:
        program = Program(bob)
        assert program.post("imports/", export()).status_code == 202
        upload = program.client.post(program.base + "imports/", {"file": file(), "again": "true"})
        assert (upload.status_code, runs(bob)[-1].again, runs(bob)[-1].file_name) == (202, True, "board.json")
        assert [work(bob).state, len(titles(bob))] == ["done", 8]

    def test_larger_than_other_bodies_may_be(self, bob: Actor) -> None:
        large = export(cards=[card("Long", 1, 1, desc="x" * 90_000)], padding="y" * 3_000_000)
        started = Program(bob).post("imports/", {"data": large}, Idempotency_Key="once")
        assert (started.status_code, work(bob).report["new"]) == (202, 1)

    @pytest.mark.parametrize(
        ("body", "status", "field"),
        [
            ({"kind": "trello"}, 400, "data"),
            ({"kind": "jira", "data": export()}, 422, "kind"),
            ({"kind": 5, "data": export()}, 400, "kind"),
            ({"data": export(), "agian": True}, 400, "agian"),
            ({"data": export(), "again": "yes"}, 400, "again"),
            ({"data": []}, 400, "data"),
            ({"data": {}}, 400, "data"),
            ({"data": export(cards=[{"id": "c"}])}, 400, "data.cards[0].idList"),
            ({"data": export(cards=[card("x" * 1_000_000, 1, 1)])}, 400, "data.cards[0].name"),
            ([], 400, "the whole file"),
        ],
    )
    def test_a_fault_names_its_field_and_keeps_nothing(self, bob: Actor, body: Any, status: int, field: str) -> None:
        response = Program(bob).post("imports/", body)
        assert (response.status_code, response["Content-Type"]) == (status, "application/problem+json")
        assert list(response.json()["errors"]) == [field]
        assert runs(bob) == []

    @pytest.mark.parametrize(
        "body", [b"", b"{", b'{"data": {"name": "\xff"}}', b"\x00", b"[" * 100_000, b'{"data": NaN}']
    )
    def test_what_is_no_json_is_a_problem(self, bob: Actor, body: bytes) -> None:
        program = Program(bob)
        response = program.client.post(program.base + "imports/", body, content_type="application/json")
        assert (response.status_code, response["Content-Type"]) == (400, "application/problem+json")

    def test_forms_are_checked_too(self, bob: Actor) -> None:
        program = Program(bob)
        for sent, field in (
            ({}, "file"),
            ({"file": "text"}, "file"),
            ({"file": file(b"{")}, "file"),
            ({"file": file(), "x": "y"}, "x"),
        ):
            response = program.client.post(program.base + "imports/", sent)
            assert (response.status_code, list(response.json()["errors"])) == (400, [field])

    def test_the_same_key_starts_one_import(self, bob: Actor) -> None:
        program = Program(bob)
        answers = [program.post("imports/", {"data": export()}, Idempotency_Key="k1").json()["id"] for _ in range(3)]
        assert (len(set(answers)), len(runs(bob))) == (1, 1)

    def test_rights(self, alice: Actor, bob: Actor, gus: Actor, eve: Actor) -> None:
        started = Program(alice).post("imports/", {"data": export()}).json()
        assert Program(gus).post("imports/", {"data": export()}).status_code == 403
        address = f"/api/v1/workspaces/acme/imports/{started['id']}/"
        assert [Program(one).get(address).status_code for one in (alice, bob, gus, eve)] == [200, 404, 404, 404]
        assert Program(eve).post("/api/v1/workspaces/acme/imports/", {"data": export()}).status_code == 404
        assert UUID(started["id"]) == runs(alice)[0].pk


class TestTheCommand:
    def run(self, path: Path, *words: str) -> str:
        out = io.StringIO()
        who = () if "--as" in words or "--workspace" in words else ("--as", "alice@example.com")
        call_command("import_trello", str(path), "--workspace", "acme", *who, *words, stdout=out)
        return out.getvalue()

    @pytest.fixture
    def path(self, tmp_path: Path) -> Path:
        path = tmp_path / "board.json"
        path.write_bytes(as_bytes())
        return path

    def test_it_prints_progress_and_report(self, alice: Actor, path: Path) -> None:
        told = self.run(path)
        assert "95 %" in told
        assert "Imported 8 cards, 2 comments" in told
        assert "Not in this workspace, kept as text: Jonas Keller" in told
        assert "/w/acme/p/TD/board/" in told
        assert {row.actor_id for row in log(alice, "task:created")} == {alice.user.pk}

    def test_as_somebody_with_a_key_and_again(self, alice: Actor, bob: Actor, path: Path) -> None:
        self.run(path, "--as", "bob@example.com", "--key", "TRY")
        assert {row.actor_id for row in log(alice, "task:created")} == {bob.user.pk}
        assert "nothing was changed" in self.run(path)
        self.run(path, "--again")
        with tenancy.workspace(alice.workspace.pk, atomic=True):
            keys = Project.objects.within(alice.workspace).values_list("key", flat=True)
            assert sorted(keys) == ["TDC", "TRY"]

    @pytest.mark.parametrize(
        ("words", "why"),
        [
            (("--as", "eve@example.com"), "not a member"),
            (("--as", "gus@example.com"), "may not do this"),
            (("--as", "nobody@example.com"), "not a member"),
            (("--workspace", "nowhere", "--as", "alice@example.com"), "not a member of nowhere"),
        ],
    )
    def test_who_may_not(
        self, alice: Actor, gus: Actor, eve: Actor, path: Path, words: tuple[str, ...], why: str
    ) -> None:
        with pytest.raises(CommandError, match=why):
            self.run(path, *words)

    @pytest.mark.django_db(transaction=True, databases=["default", "owner", "ops"])
    def test_an_owner_imports_when_nobody_is_named(self, alice: Actor, path: Path) -> None:
        call_command("import_trello", str(path), "--workspace", "acme", stdout=io.StringIO())
        assert {row.actor_id for row in log(alice, "task:created")} == {alice.user.pk}
        with pytest.raises(CommandError, match="no workspace with the address nowhere"):
            call_command("import_trello", str(path), "--workspace", "nowhere")

    def test_files_that_are_none(self, alice: Actor, tmp_path: Path) -> None:
        with pytest.raises(CommandError, match="cannot be read"):
            self.run(tmp_path / "missing.json")
        broken = tmp_path / "broken.json"
        broken.write_text(json.dumps(export())[:300])
        with pytest.raises(CommandError, match=r"Line 1, column \d+: The file ends too soon"):
            self.run(broken)
        assert titles(alice) == []


def test_a_flood_of_unknown_fields_is_not_answered_with_as_many(alice: Actor) -> None:
    answer = Program(alice).post("imports/", {"kind": "trello", "data": {}} | {f"f{n}": 1 for n in range(3000)})
    faults = answer.json()["errors"]
    assert answer.status_code == 400 and len(faults) <= 1001
    assert ["There are 2,000 more such fields."] in faults.values()
