"""Models with keys of one's own: added, tried, put in order, their keys never seen again."""

from typing import Any

import pytest
from django.core.cache import cache

from ai.actions.connections import add_ai_connection, move_ai_connection, remove_ai_connection, update_ai_connection
from ai.connections import connections_for
from ai.jobs import try_connection
from ai.models import AIConnection
from ai.probing import last_probe
from workspaces import tenancy
from workspaces.actor import Actor
from workspaces.errors import Forbidden, Refused
from workspaces.tests.people import Program, browser, log

from .provider import Provider
from .rows import used

SECRET = "sk-very-secret-0123456789abcdWXYZ"
OURS = {"name": "Ours", "kind": "openai", "model": "gpt", "key": SECRET}
URL = "/w/acme/settings/ai/connections/"
HTMX = {"HX-Request": "true"}


def held(by: Actor) -> list[AIConnection]:
    with tenancy.workspace(by.workspace.pk, atomic=True):
        return list(AIConnection.objects.within(by.workspace).order_by("order"))


def test_a_key_is_sealed_and_told_nowhere(alice: Actor) -> None:
    row = add_ai_connection(alice, **OURS)
    assert SECRET not in row.key and row.key_end == "WXYZ"
    (told,) = log(alice, "ai:connection_added")
    assert told.after["key"] == "…WXYZ"
    with tenancy.workspace(alice.workspace.pk, atomic=True):
        (one,) = connections_for(alice.workspace, "write.draft")
    assert (one.key, one.model, one.own) == (SECRET, "gpt", True)
    client = browser(alice)
    shown = [
        client.get("/w/acme/settings/ai/"),
        client.get(f"{URL}{row.pk}/"),
        Program(alice).get("ai/connections/"),
        client.get("/w/acme/audit/"),
    ]
    assert all(SECRET not in answer.content.decode() for answer in shown)
    assert "…WXYZ" in shown[0].content.decode()
    assert SECRET not in repr(one)


def test_a_key_goes_nowhere_else_than_where_it_was_given_for(alice: Actor) -> None:
    row = add_ai_connection(alice, **OURS)
    for change in ({"base_url": "https://evil.example"}, {"kind": "anthropic"}):
        with pytest.raises(Refused) as no:
            update_ai_connection(alice, row, **change)
        assert no.value.field == "key"
    update_ai_connection(alice, row, base_url="https://llm.example/v1/", key="another-key-of-ours-1234")
    row = held(alice)[0]
    assert (row.base_url, row.key_end) == ("https://llm.example/v1", "1234")
    update_ai_connection(alice, row, model="gpt-2")
    update_ai_connection(alice, row, model="gpt-2")
    facts = [(one.before, one.after) for one in log(alice, "ai:connection_updated")]
    assert facts[0][1]["key"] == "…1234" and facts[1] == ({"model": "gpt"}, {"model": "gpt-2"})
    assert len(facts) == 2


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("name", {"name": " "}), ("kind", {"kind": "magic"}), ("model", {"model": ""}), ("key", {"key": ""}), ("key", {"key": "a b"}),
        ("key", {"key": "schlüssel"}), ("base_url", {"base_url": "http://llm.example"}), ("base_url", {"base_url": "https://127.0.0.1/v1"}),
        ("base_url", {"base_url": "https://169.254.169.254/"}), ("base_url", {"base_url": "file:///etc/passwd"}),
        ("base_url", {"base_url": "https://a:b@llm.example"}), ("base_url", {"base_url": "https://llm.example:22"}),
        ("base_url", {"kind": "openai_chat"}), ("timeout", {"timeout": 61}), ("purpose", {"purpose": "nothing"}),
    ],
)  # fmt: skip
def test_what_cannot_be_is_named(alice: Actor, field: str, wrong: dict[str, Any]) -> None:
    with pytest.raises(Refused) as no:
        add_ai_connection(alice, **OURS | wrong)
    assert no.value.field == field
    assert held(alice) == [] and log(alice, "ai:connection_added") == []


def test_order_and_purpose(alice: Actor) -> None:
    first, second = (add_ai_connection(alice, **OURS | {"name": name}) for name in ("First", "Second"))
    with pytest.raises(Refused):
        add_ai_connection(alice, **OURS | {"name": "first"})
    add_ai_connection(alice, **OURS | {"name": "Writer", "purpose": "write", "model": "writer"})
    move_ai_connection(alice, second, to=0)
    move_ai_connection(alice, second, to=0)
    with tenancy.workspace(alice.workspace.pk, atomic=True):
        assert [one.name for one in connections_for(alice.workspace, "triage")] == ["Second", "First"]
        assert [one.name for one in connections_for(alice.workspace, "write.draft")] == ["Writer", "Second", "First"]
    remove_ai_connection(alice, first)
    remove_ai_connection(alice, first)
    assert [row.event for row in log(alice)[-2:]] == ["ai:connection_moved", "ai:connection_removed"]
    assert SECRET not in str([(row.before, row.after) for row in log(alice)])


def test_members_have_no_say(alice: Actor, bob: Actor) -> None:
    row = add_ai_connection(alice, **OURS)
    for verb in (
        lambda: add_ai_connection(bob, **OURS),
        lambda: update_ai_connection(bob, row, model="x"),
        lambda: move_ai_connection(bob, row, to=0),
        lambda: remove_ai_connection(bob, row),
    ):
        with pytest.raises(Forbidden):
            verb()
    assert browser(bob).post(URL, OURS, headers=HTMX).status_code == 403
    assert Program(bob).get("ai/connections/").status_code == 403


@pytest.fixture
def near(settings: Any) -> None:
    """The stand-in answers on this machine."""
    settings.OUTWARD_ALLOW_PRIVATE = True


def test_the_page(
    alice: Actor, provider: Provider, settings: Any, near: None, django_capture_on_commit_callbacks: Any
) -> None:
    settings.OUTWARD_PORTS = [provider.port]
    client = browser(alice)
    said = OURS | {"base_url": provider.url, "purpose": "", "timeout": "5"}
    answer = client.post(URL, said | {"key": ""} | {"base_url": ""}, headers=HTMX)
    assert answer.status_code == 422 and "The provider asks for a key." in answer.content.decode()
    with django_capture_on_commit_callbacks(execute=False):
        assert "Being tried" in client.post(URL, said, headers=HTMX).content.decode()
    (row,) = held(alice)
    try_connection(str(alice.workspace.pk), str(alice.user.pk), str(row.pk))
    assert "Answered in" in client.get(f"{URL}{row.pk}/check/").content.decode()
    (usage,) = used(alice)
    assert (usage.purpose, usage.budget_kind, usage.sent) == ("check", "own", [])
    assert "Ours" in client.post(f"{URL}{row.pk}/place/", {"to": "0"}, headers=HTMX).content.decode()
    assert client.post(f"{URL}{row.pk}/", said | {"name": "Yours", "key": ""}, headers=HTMX).status_code == 200
    assert held(alice)[0].name == "Yours"
    assert client.delete(f"{URL}{row.pk}/", headers=HTMX).status_code == 200
    assert held(alice) == []


def test_a_try_that_fails_says_why(alice: Actor, provider: Provider) -> None:
    row = add_ai_connection(alice, **OURS | {"base_url": "https://localhost:8443/v1"})
    try_connection(str(alice.workspace.pk), str(alice.user.pk), str(row.pk))
    told = last_probe(row)
    assert told["state"] == "failed" and "may not be asked" in told["words"]
    assert SECRET not in str(told)
    cache.delete(f"ai:probe:{row.pk}")
    assert last_probe(row) == {}


def test_rest(alice: Actor) -> None:
    program = Program(alice)
    made = program.post("ai/connections/", OURS)
    assert made.status_code == 201 and made.json()["key_end"] == "WXYZ" and "key" not in made.json()
    path = f"ai/connections/{made.json()['id']}/"
    assert program.patch(path, {"model": "gpt-2"}).json()["model"] == "gpt-2"
    assert program.patch(path, {"base_url": "https://evil.example"}).json()["errors"].keys() == {"key"}
    assert program.get(f"{path}check/").json() == {"state": "none", "ms": None, "words": ""}
    assert program.post(f"{path}check/").status_code == 202
    assert program.get(f"{path}check/").json()["state"] == "running"
    assert [one["name"] for one in program.get("ai/connections/").json()["results"]] == ["Ours"]
    assert program.delete(path).status_code == 204
    assert program.get(path).status_code == 404
