"""Each guard holds: taken out one at a time, a test must fail (CHECKS.md 43): python -m bench.faults.guards [--only NAME]

Works on a copy of the checkout in a temporary folder, whose tests make one database and keep it from run to run. First the
tests that are named run as everything is, and must pass; then once for each guard, without it. Prints which test noticed.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

ROOT = Path(__file__).resolve().parent.parent.parent
SHARED = (".venv", "node_modules")


@dataclass(frozen=True)
class Guard:
    """What is taken out: these words of a file, once; or a statement of SQL, and what puts it right again."""

    name: str
    file: str
    words: str
    instead: str
    tests: tuple[str, ...]
    back: str = ""


W, T, A, R = "workspaces/tests/", "tasks/tests/", "accounts/tests/", "realtime/tests/"
GUARDS = (
    Guard(
        "row-level security", "", "ALTER TABLE tasks_task DISABLE ROW LEVEL SECURITY", "",
        (f"{W}test_tenancy.py",), back="ALTER TABLE tasks_task ENABLE ROW LEVEL SECURITY",
    ),
    Guard(
        "a query that was not told its workspace", "workspaces/scoping.py", "raise UnscopedQuery(", "return; UnscopedQuery(",
        (f"{W}test_tenancy.py",),
    ),
    Guard(
        "membership at the door", "workspaces/door.py", 'if admitted.membership.workspace.slug == slug else None', "if slug else None",
        (f"{W}test_door.py",),
    ),
    Guard(
        "membership at the socket", "realtime/gate.py", "if caller.look is None or user_id not in caller.look.eyes:", "if False:",
        (f"{R}test_gate.py",),
    ),
    Guard("Origin of a socket", "realtime/gate.py", "        raise Refusal(Code.REFUSED)", "        return", (f"{R}test_gate.py",)),
    Guard("revoked tokens", "workspaces/admission.py", " AND t.revoked_at IS NULL", "", (f"{W}test_tokens.py",)),
    Guard("expired tokens", "workspaces/tokens.py", "return token.user.is_active and not expired", "return token.user.is_active", (f"{W}test_tokens.py",)),
    Guard("scopes of tokens", "workspaces/door.py", "must_allow(admitted.token.scopes, needed)", "pass", (f"{W}test_tokens.py",)),
    Guard("the second factor", "workspaces/second_factor.py", "if not by.workspace.require_mfa or", "if True or", (f"{W}test_second_factor.py",)),
    Guard("grants on tasks", "tasks/models/tasks.py", "shared_with(by).filter(content_object=OuterRef(\"pk\"))", "shared_with(by)", (f"{T}test_access_rule.py", f"{T}test_shared_tasks.py")),
    Guard("private projects", "tasks/access.py", "role.level >= MEMBER and not private", "role.level >= MEMBER", (f"{T}test_access_rule.py",)),
    Guard("private projects in queries", "tasks/models/projects.py", 'return Q(**{f"{at}private": False}) | Q(granted) if', "return Q() if", (f"{T}test_access_rule.py",)),
    Guard("levels of roles", "workspaces/actions/ranks.py", "if role.level > by.level:", "if False:", (f"{W}test_members.py", f"{W}test_roles.py")),
    Guard("nobody gives more than they have", "workspaces/actions/ranks.py", "role.allowed - by.role.allowed", "role.allowed - role.allowed", (f"{W}test_roles.py",)),
    Guard("the last owner", "workspaces/actions/ranks.py", "not owners.exclude(pk=membership.pk).exists()", "not owners.exists()", (f"{W}test_members.py", f"{W}test_owners.py")),
    Guard("one change of people at a time", "workspaces/actions/ranks.py", ".select_for_update(no_key=True).only(\"pk\")", ".only(\"pk\")", (f"{W}test_owners.py",)),
    Guard("CSRF of sessions at REST", "workspaces/rest/authenticate.py", "    def authenticate_header", "    def enforce_csrf(self, request: Any) -> None: ...\n\n    def authenticate_header", (f"{T}test_api_walls.py", "flowboard/tests/test_cross_site.py")),
    Guard("rate limits", "workspaces/rest/throttle.py", "    if standing.wait:", "    if False:", (f"{W}test_limits.py",)),
    Guard("gaps in the stream", "realtime/room.py", "self.early.pop(self.head + 1, None)", "self.early.pop(min(self.early, default=0), None)", (f"{R}test_room.py",)),
    Guard("Idempotency-Key", "workspaces/rest/idempotency.py", "if request.method not in WRITES or not key:", "if True:", (f"{W}test_idempotency.py",)),
    Guard("content of uploads", "tasks/files.py", "not re.match(beginning, head, re.DOTALL)", "False", (f"{T}test_files.py",)),
    Guard("files are downloads", "tasks/files.py", "as_attachment=True", "as_attachment=False", (f"{T}test_files.py",)),
    Guard("private addresses (SSRF)", "accounts/outward.py", "        _must_be_open(one)", "        pass", (f"{A}test_outward.py",)),
    Guard("consent to support", "workspaces/models/support.py", "self.state == self.State.GRANTED and", "", (f"{W}test_support.py",)),
    Guard("tokens of ended sessions", "accounts/jwt_tokens.py", " JOIN django_session s ON s.session_key = p.session_key AND s.expire_date > statement_timestamp()", "", (f"{A}test_jwt.py",)),
    Guard("unknown fields", "workspaces/rest/fields.py", "faults = unknown([name for name in data if name not in self._known()])", "faults = unknown([])", (f"{T}test_api_walls.py", "flowboard/tests/test_strict_input.py")),
    Guard(
        "the AI's budget", "ai/actions/metering.py", " AND (%(limit)s::bigint IS NULL OR used + reserved + %(tokens)s <= %(limit)s::bigint)", "",
        ("ai/tests/test_service.py",),
    ),
    Guard("the AI's switch of a person", "ai/opening.py", "    if not mine():", "    if False:", ("ai/tests/test_service.py",)),
    Guard("kept answers end with what was read", "ai/opening.py", "if row is None or _changed_since(row):", "if row is None:", ("ai/tests/test_kept.py",)),
    Guard("the back-office asks for a second factor", "accounts/staff_door.py", "return inner(request) and has_factor(request.user)", "return inner(request)", (f"{A}test_staff.py",)),
    Guard("the back-office asks why", "accounts/backoffice.py", "        min_length=SHORTEST_REASON,\n", "        required=False,\n", (f"{A}test_staff.py",)),
    Guard("only the staff suspends", "workspaces/actions/staff.py", 'or not is_staff(by.user, f"workspaces.{verb}_workspace")', "", ("office/tests/test_workspace_page.py",)),
    Guard("a suspended workspace changes nothing", "workspaces/suspension.py", "if by.workspace.suspended_at is None or request.method in SAFE:", "if True:", ("office/tests/test_workspace_page.py",)),
    Guard("a suspended workspace is still at sockets", "realtime/gate.py", "    if caller.look.suspended:", "    if False:", (f"{R}test_suspended.py",)),
    Guard("viewing changes nothing", "workspaces/spine.py", "    if by.viewer is not None:", "    if False:", (f"{W}test_viewing.py",)),
    Guard(
        "the plan's runs of rules", "tasks/actions/metering.py", "rows.filter(runs__lt=most)", "rows",
        (f"{T}test_automations_limits.py",),
    ),
    Guard(
        "one run of a rule and a row", "tasks/actions/running.py", " or _runs(rule).filter(**cause.named).exists()", "",
        (f"{T}test_automations.py",),
    ),
    Guard(
        "the rights of a rule's keeper", "tasks/automations/keeping.py", 'not by.holds("automation.manage")', "False",
        (f"{T}test_automations.py",),
    ),
)  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--trust", action="store_true", help="of the first run, with every guard in its place, only the beginning"
    )
    parser.add_argument("--only", default="", help="guards whose name has these words")
    options = parser.parse_args()
    guards = [guard for guard in GUARDS if options.only in guard.name]
    with tempfile.TemporaryDirectory(prefix="guards-") as folder:
        copy = Path(folder) / "checkout"
        checkout(copy)
        named = sorted({test for guard in guards for test in guard.tests})
        broken = failing(copy, named[:1] if options.trust else named, "--create-db")
        print(*(f"fails with every guard in its place, and proves nothing: {test}" for test in broken), sep="\n")
        survived = [guard.name for guard in guards if not noticed(copy, guard, broken)]
    print(f"{len(guards) - len(survived)} of {len(guards)} removals were noticed")
    if survived or broken:
        raise SystemExit(f"Nobody noticed: {', '.join(survived) or 'none'}; broken tests: {len(broken)}")


def checkout(copy: Path) -> None:
    """The files that git knows, as they lie there."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, copy / name)
    for name in SHARED:
        (copy / name).symlink_to(ROOT / name)


def noticed(copy: Path, guard: Guard, broken: list[str]) -> bool:
    with without(copy, guard):
        failed = failing(copy, list(guard.tests), "-x", *(f"--deselect={test}" for test in broken))
    print(f"{guard.name:42} {failed[0] if failed else 'NOBODY NOTICED'}", flush=True)
    return bool(failed)


@contextmanager
def without(copy: Path, guard: Guard) -> Iterator[None]:
    """The guard is gone in the block; its words must stand there once, or this list is out of date."""
    if not guard.file:
        in_database(guard.words)
        try:
            yield
        finally:
            in_database(guard.back)
        return
    path = copy / guard.file
    text = path.read_text()
    if text.count(guard.words) != 1:
        raise SystemExit(f"{guard.name}: {guard.words!r} stands {text.count(guard.words)} times in {guard.file}")
    path.write_text(text.replace(guard.words, guard.instead))
    try:
        yield
    finally:
        path.write_text(text)


def in_database(statement: str) -> None:
    """As the owner, in the database that the tests keep."""
    base, _, name = os.environ["DATABASE_OWNER_URL"].rpartition("/")
    with psycopg.connect(f"{base}/test_{name.partition('?')[0]}", autocommit=True) as connection:
        connection.execute(statement)


def failing(copy: Path, tests: list[str], *options: str) -> list[str]:
    """The tests that fail."""
    command = [sys.executable, "-m", "pytest", "-q", "-n0", "--reuse-db", "-p", "no:cacheprovider", "--tb=no"]
    env = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run([*command, *options, *tests], cwd=copy, env=env, capture_output=True, text=True, check=False)
    found = re.findall(r"^(?:FAILED|ERROR) (\S+)", done.stdout, re.MULTILINE)
    if done.returncode and not found:
        raise SystemExit(f"The tests did not run:\n{done.stdout[-2000:]}{done.stderr[-1000:]}")
    return found


if __name__ == "__main__":
    main()
