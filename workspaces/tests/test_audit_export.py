"""The record as a file: bin/verify_export passes what was written and nothing else."""

import csv
import io
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from tasks.actions import create_project, create_task, update_task
from tasks.models import Project, Task
from tasks.tests.boards import add
from workspaces import exporting, tenancy
from workspaces.actor import Actor
from workspaces.audit import Asked, Audit
from workspaces.chain import COLUMNS
from workspaces.exporting import safe
from workspaces.models import ActivityLog

from .people import Program, browser, log

VERIFY = Path(settings.BASE_DIR) / "bin" / "verify_export"


def taken(actor: Actor, query: str = "") -> list[str]:
    """The lines of an export."""
    answer = Program(actor).get(f"audit/export?format=jsonl{query}")
    assert answer.status_code == 200, answer.content
    return b"".join(answer.streaming_content).decode().splitlines()


def verify(folder: Path, lines: list[str], *options: str) -> tuple[int, str]:
    """Exit code and words of the stand-alone verifier, which knows nothing of the project."""
    file = folder / "audit.jsonl"
    file.write_text("".join(f"{line}\n" for line in lines))
    run = subprocess.run(
        [sys.executable, "-I", "-S", str(VERIFY), str(file), *options], capture_output=True, text=True, check=False
    )
    return run.returncode, run.stdout + run.stderr


@pytest.fixture
def lines(alice: Actor, project: Project, cards: list[Task]) -> list[str]:
    """A whole export with something of every kind."""
    update_task(alice, cards[0], title="Größe “zwei” \U0001f600", description="<&>\n\t\\", estimate=3)
    return taken(alice)


def test_a_whole_export_passes(alice: Actor, lines: list[str], tmp_path: Path) -> None:
    head = json.loads(lines[0])
    rows = log(alice)
    assert (head["from"], head["to"], head["filter"]) == (1, len(rows), {})
    assert rows[-1].event == "audit:exported" and rows[-1].after["format"] == "jsonl"
    assert len(lines) == 1 + len(rows)
    code, words = verify(tmp_path, lines)
    assert code == 0, words
    assert f"whole from seq 1 to {len(rows)}" in words and rows[-1].hash in words
    assert verify(tmp_path, lines, "--head", rows[-1].hash)[0] == 0
    assert verify(tmp_path, lines, "--head", rows[-2].hash)[0] == 1


def other(value: Any) -> Any:
    """The smallest change of a value."""
    if isinstance(value, dict):
        name = next(iter(value), None)
        return {"x": 1} if name is None else value | {name: other(value[name])}
    if isinstance(value, bool) or value is None:
        return 1
    if isinstance(value, int):
        return value + 1
    if isinstance(value, list):
        return [*value, 0]
    return ("x" if value[:1] != "x" else "y") + value[1:]


@pytest.mark.parametrize(
    "column", [*COLUMNS, "created_at", "facts_hash", "prev_hash", "hash", "erased_seq", "salt", "facts"]
)
def test_any_change_of_any_column_fails(lines: list[str], tmp_path: Path, column: str) -> None:
    place = len(lines) // 2
    row = json.loads(lines[place])
    changed = json.dumps(row | {column: other(row[column])})
    code, words = verify(tmp_path, [*lines[:place], changed, *lines[place + 1 :]])
    assert code == 1, words
    assert f"seq {row['seq']}" in words


@pytest.mark.parametrize("fact", ["subject_key", "subject_label", "before", "after"])
def test_any_change_of_any_fact_fails(lines: list[str], tmp_path: Path, fact: str) -> None:
    row = json.loads(lines[-2])
    row["facts"][fact] = other(row["facts"][fact])
    code, words = verify(tmp_path, [*lines[:-2], json.dumps(row), lines[-1]])
    assert code == 1 and "its facts are not those of their hash" in words


@pytest.mark.parametrize("name", ["format", "workspace", "from", "to", "head"])
def test_a_changed_first_line_fails(lines: list[str], tmp_path: Path, name: str) -> None:
    head = json.loads(lines[0])
    assert verify(tmp_path, [json.dumps(head | {name: other(head[name])}), *lines[1:]])[0] in (1, 2)


def mangled(lines: list[str]) -> Iterator[tuple[str, list[str]]]:
    yield "dropped", [*lines[:4], *lines[5:]]
    yield "first dropped", [lines[0], *lines[2:]]
    yield "last dropped", lines[:-1]
    yield "doubled", [*lines[:5], lines[4], *lines[5:]]
    yield "swapped", [*lines[:4], lines[5], lines[4], *lines[6:]]
    yield "all dropped", lines[:1]
    bare = json.loads(lines[4]) | {"facts_hash": "", "facts": None, "salt": None}
    yield "dressed as a row of the old form", [*lines[:4], json.dumps(bare), *lines[5:]]
    yield (
        "said to be erased",
        [*lines[:4], json.dumps(json.loads(lines[4]) | {"erased_seq": 7, "facts": None, "salt": None}), *lines[5:]],
    )


def test_a_row_dropped_doubled_moved_or_disguised_fails(lines: list[str], tmp_path: Path) -> None:
    for what, some in mangled(lines):
        code, words = verify(tmp_path, some)
        assert code == 1, f"{what}: {words}"


@pytest.mark.parametrize(
    "text", ["", "{}", "[1]", "no json", '{"format": "flowboard-audit/1"}', "\ud7ff", '{"a": 1, "a": 2}', "[" * 10_000]
)
def test_what_is_no_export_cannot_be_checked(tmp_path: Path, text: str) -> None:
    assert verify(tmp_path, [text])[0] == 2


def test_a_file_that_breaks_off_or_is_not_there(lines: list[str], tmp_path: Path) -> None:
    file = tmp_path / "audit.jsonl"
    file.write_text("\n".join(lines)[:-40])
    for path in (file, tmp_path / "missing"):
        run = subprocess.run([sys.executable, str(VERIFY), str(path)], capture_output=True, text=True, check=False)
        assert run.returncode == 2 and "Cannot check" in run.stderr


def test_part_of_the_record_verifies_from_its_first_row(alice: Actor, lines: list[str], tmp_path: Path) -> None:
    some = taken(alice, "&from_seq=3&to_seq=6")
    assert [json.loads(line)["seq"] for line in some[1:]] == [3, 4, 5, 6]
    assert verify(tmp_path, some)[0] == 0
    row = json.loads(some[1])
    assert verify(tmp_path, [some[0], json.dumps(row | {"prev_hash": other(row["prev_hash"])}), *some[2:]])[0] == 1


def test_a_part_that_is_empty_is_refused(alice: Actor) -> None:
    for query in ("from_seq=1000", "from_seq=2&to_seq=1"):
        answer = Program(alice).get(f"audit/export?format=csv&{query}")
        assert answer.status_code == 422 and "from_seq" in answer.json()["errors"]
    assert not log(alice, "audit:exported")


def test_a_filtered_file_proves_its_rows_alone(alice: Actor, lines: list[str], tmp_path: Path) -> None:
    some = taken(alice, "&event=task:created")
    assert {json.loads(line)["event"] for line in some[1:]} == {"task:created"}
    code, words = verify(tmp_path, some)
    assert code == 0 and "whether one is missing cannot be told" in words
    row = json.loads(some[1])
    assert verify(tmp_path, [some[0], json.dumps(row | {"via": "api"}), *some[2:]])[0] == 1
    assert verify(tmp_path, some, "--head", row["hash"])[0] == 1


def test_a_private_project_is_withheld_and_the_chain_holds(
    alice: Actor, bob: Actor, project: Project, tmp_path: Path
) -> None:
    secret = create_project(bob, name="Layoffs", key="LAY", private=True)
    add(bob, secret, "Sack everybody")
    lines = taken(alice)
    assert "Layoffs" not in str(lines) and "Sack" not in str(lines) and "LAY-1" not in str(lines)
    code, words = verify(tmp_path, lines)
    assert code == 0, words
    withheld = [row for row in map(json.loads, lines[1:]) if row["facts"] is None]
    assert withheld and all(row["salt"] is None for row in withheld)
    assert f"facts of {len(withheld)} rows in private projects" in words
    sheet = b"".join(Program(alice).get("audit/export?format=csv").streaming_content).decode()
    assert "Layoffs" not in sheet and "Sack" not in sheet and "(in a private project)" in sheet


def test_a_row_of_the_old_form_is_checked_with_its_facts(alice: Actor, project: Project, tmp_path: Path) -> None:
    lines = taken(alice)
    head, rows = json.loads(lines[0]), [json.loads(line) for line in lines[1:]]
    script = {"__name__": "verify_export"}
    exec(VERIFY.read_text(), script)
    last = rows[0]["prev_hash"]
    for row in rows:  # as they were written before facts had a hash of their own
        row |= {"facts_hash": "", "salt": "", "prev_hash": last}
        old = {name: row[name] for name in script["COLUMNS"]} | row["facts"]
        row["hash"] = last = script["sha256"](f"{row['prev_hash']}\n{script['canonical'](old)}")
    head["head"] = last
    assert verify(tmp_path, [json.dumps(head), *map(json.dumps, rows)])[0] == 0
    rows[2]["facts"] = rows[2]["salt"] = None
    assert verify(tmp_path, [json.dumps(head), *map(json.dumps, rows)])[0] == 3


FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1"]


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_is_a_formula(text: str) -> None:
    assert safe(text) == f"'{text}"
    assert safe("a=1") == "a=1" and safe(None) == "" and safe(7) == "7"


def test_csv_for_people(alice: Actor, project: Project) -> None:
    create_task(alice, project, title="=HYPERLINK(1)")
    answer = browser(alice).get("/w/acme/audit/export/?format=csv&event=task:created")
    assert answer["Content-Disposition"].startswith('attachment; filename="acme-audit-')
    assert answer["Content-Type"] == "text/csv; charset=utf-8" and answer["Cache-Control"] == "no-store"
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(text))
    assert (row["who"], row["event"], row["object"], row["name"]) == (
        "Alice",
        "task:created",
        "FLOW-1",
        "'=HYPERLINK(1)",
    )
    assert row["what"].startswith("added FLOW-1") and json.loads(row["after"])["title"] == "=HYPERLINK(1)"


def test_looking_whether_there_is_a_file_takes_none(alice: Actor) -> None:
    assert browser(alice).head("/w/acme/audit/export/?format=csv").status_code == 200
    assert not log(alice, "audit:exported")


def test_rows_are_read_some_at_a_time(alice: Actor, project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    add(alice, project, *[f"Card {number}" for number in range(25)])
    whole = log(alice)
    monkeypatch.setattr(exporting, "AT_ONCE", 7)
    with tenancy.workspace(alice.workspace.pk, atomic=True):
        audit = Audit(alice, Asked())
        seqs = [row.seq for row in exporting._rows(audit, 1, len(whole))]
    assert seqs == [row.seq for row in whole]
    assert ActivityLog._meta.get_field("facts_hash").max_length == len(whole[0].facts_hash)
