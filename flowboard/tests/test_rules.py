"""The house's rules, as walks over the code and the addresses."""

import ast
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from tasks.models import Project, Task
from workspaces.actor import Actor
from workspaces.tests.people import browser

ROOT = settings.BASE_DIR
MAY_IMPORT = {
    "accounts": {"accounts"},
    "workspaces": {"workspaces", "accounts"},
    "realtime": {"realtime", "workspaces", "accounts"},
    "tasks": {"tasks", "workspaces", "accounts"},
    "billing": {"billing", "workspaces", "accounts"},
    "ai": {"ai", "tasks", "realtime", "billing", "workspaces", "accounts"},
    "office": {"office", "ai", "billing", "tasks", "realtime", "workspaces", "accounts"},
    "flowboard": {"flowboard", "office", "ai", "tasks", "realtime", "billing", "workspaces", "accounts"},
}
WRITES = re.compile(r"\.(save|delete|update|create|bulk_create|bulk_update|get_or_create|update_or_create)$")
# besides actions/: the spine itself, and rows that are no product change
MAY_WRITE = {
    "workspaces/spine.py": "writes the record",
    "workspaces/rest/idempotency.py": "keeps answers for 24 hours",
    "workspaces/tokens.py": "remembers the last use of a token",
    "workspaces/jobs.py": "marks a mail as sent",
    "flowboard/jobs.py": "ends kept answers",
    "tasks/tally.py": "keeps the columns' counts from the record",
    "tasks/files.py": "saves bytes into the file store, not a row",
    "accounts/avatars.py": "saves a picture into memory, not a row",
    "flowboard/staff_roles.py": "keeps the groups of the staff as the code says",
    "accounts/staff.py": "keeps what the staff did and why",
    "accounts/guesses.py": "counts wrong passwords",
    "accounts/keys.py": "makes and retires signing keys",
    "accounts/push_keys.py": "makes the key of web push",
    "accounts/programs.py": "keeps which refresh token is the newest",
    "accounts/endings.py": "ends sessions",
    "accounts/models.py": "makes people for allauth and createsuperuser",
}


def sources(*apps: str) -> Iterator[tuple[str, ast.Module]]:
    """Every module of the apps, tests and migrations aside, by its path."""
    for app in apps:
        for path in sorted((ROOT / app).rglob("*.py")):
            if not {"tests", "migrations"} & set(path.parts):
                yield str(path.relative_to(ROOT)), ast.parse(path.read_text())


@pytest.mark.parametrize("app", MAY_IMPORT)
def test_apps_import_downwards(app: str) -> None:
    for path, tree in sources(app):
        for node in ast.walk(tree):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and not node.level:
                names = [node.module or ""]
            tops = {name.split(".")[0] for name in names} & set(MAY_IMPORT)
            assert tops <= MAY_IMPORT[app], f"{path} imports {tops - MAY_IMPORT[app]}"


def test_only_actions_write() -> None:
    for path, tree in sources(*MAY_IMPORT):
        if "/actions" in path or path in MAY_WRITE:
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and (words := writes(node)):
                pytest.fail(f"{path}:{node.lineno} writes outside of an action: {words}")


def writes(call: ast.Call) -> str:
    """The call in words when it is a write to the database."""
    words = ast.unparse(call.func)
    if words.endswith(".save") or (
        re.search(r"\.(objects|_base_manager|_default_manager)\b", words) and WRITES.search(words)
    ):
        return words
    sql = next((a.value for a in call.args if isinstance(a, ast.Constant) and isinstance(a.value, str)), "")
    return words if words.endswith("execute") and re.match(r"\s*(INSERT|UPDATE|DELETE)", sql, re.I) else ""


@pytest.mark.parametrize("path", [path for path, _ in sources(*MAY_IMPORT)])
def test_a_module_says_what_it_is_and_stays_small(path: str) -> None:
    text = (ROOT / path).read_text()
    assert not text.strip() or ast.get_docstring(ast.parse(text)), f"{path} opens without a sentence"
    assert text.count("\n") <= 300, f"{path} has more than 300 lines: make it a folder"


def test_no_signals_and_no_logic_in_save() -> None:
    for path, tree in sources(*MAY_IMPORT):
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef) and node.name == "save" and "models" in path:
                pytest.fail(f"{path}:{node.lineno} overrides save()")
            if isinstance(node, ast.Call) and re.search(r"\b(pre|post)_(save|delete)\b", ast.unparse(node.func)):
                pytest.fail(f"{path}:{node.lineno} listens to a model's signal")


SAMPLES = {"key": "FLOW", "ref": "FLOW-1", "token": "x" * 64}


def addresses(patterns: list[URLPattern | URLResolver], prefix: str = "/") -> Iterator[str]:
    """Every address of the URLconf below a workspace, as a route."""
    for pattern in patterns:
        route = prefix + str(pattern.pattern).lstrip("^")
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, route)
        elif route.startswith(("/w/<", "/api/v1/workspaces/<")):
            yield route


def example(route: str) -> str:
    """The route with acme's own values in it."""
    route = re.sub(r"<slug:[a-z_]+>", "acme", route, count=1)
    route = re.sub(r"<uuid:[a-z_]+>", "01890000-0000-7000-8000-000000000000", route)
    for name, value in SAMPLES.items():
        route = re.sub(rf"<(\w+:)?{name}>", value, route)
    return re.sub(r"<int:[a-z_]+>", "1", route)


ROUTES = sorted(set(addresses(get_resolver().url_patterns)))


def test_there_are_addresses_below_a_workspace() -> None:
    assert len(ROUTES) > 40
    assert not [route for route in ROUTES if "<" in example(route)]


def test_every_address_of_a_workspace_is_404_to_eve(eve: Actor, project: Project, cards: list[Task]) -> None:
    client = browser(eve)
    asked = [(verb, route) for route in ROUTES for verb in ("get", "post", "patch", "delete")]
    answers = {(verb, route): getattr(client, verb)(example(route)).status_code for verb, route in asked}
    assert not {one: status for one, status in answers.items() if status != 404}


def test_no_address_of_a_workspace_answers_a_stranger(project: Project, cards: list[Task]) -> None:
    answers = {route: Client().get(example(route)) for route in ROUTES}
    assert not {route: answer.status_code for route, answer in answers.items() if not turned_away(answer)}


def turned_away(answer: Any) -> bool:
    if answer.status_code == 302:
        return str(answer["Location"]).startswith("/accounts/login/")
    return answer.status_code in (401, 403, 404, 405)


def test_every_setting_is_documented() -> None:
    source = "".join(
        (ROOT / f"flowboard/{name}.py").read_text()
        for name in ("settings", "sign_in", "ai", "billing", "office", "asgi")
    )
    names = set(re.findall(r'env(?:\.\w+)?\(\s*"([A-Z_]+)"', source) + re.findall(r'environ\.get\("([A-Z_]+)"', source))
    names |= set(re.findall(r'_database\("([A-Z_]+)"', source)) - {"DJANGO_SETTINGS_MODULE"}
    text = (ROOT / "docs/operations.md").read_text()
    assert names and not [name for name in sorted(names) if f"`{name}`" not in text]


def test_every_event_is_documented() -> None:
    from workspaces.events import EVENTS

    text = (ROOT / "docs/events.md").read_text()
    assert not [name for name in EVENTS if f"`{name}`" not in text]


def test_no_folder_of_tests_is_left_out() -> None:
    paths = set((ROOT / "pytest.ini").read_text().partition("testpaths = ")[2].splitlines()[0].split())
    assert paths == {path.parent.name for path in ROOT.glob("*/tests")} | {"e2e"}


def test_no_path_of_a_machine_and_no_registry_in_the_lock_file() -> None:
    assert '"resolved": "http' not in (ROOT / "package-lock.json").read_text()
    assert "omit-lockfile-registry-resolved=true" in (ROOT / ".npmrc").read_text()
