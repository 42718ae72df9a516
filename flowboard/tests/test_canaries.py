"""Secrets planted where people and the program put them: whatever breaks, none of them is in a log or on an error page."""

import io
import logging
import traceback
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.conf import settings
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection
from django.test import Client

from ai import breaker
from ai.errors import ModelDown
from ai.service import Ask, complete
from ai.tests.provider import Provider
from flowboard.logs import Masked, masked
from tasks.models import Project, Task
from workspaces import jobs
from workspaces.actions import create_token, invite_member
from workspaces.actions.invitations import secret_of
from workspaces.actor import Actor
from workspaces.tests.people import PASSWORD, browser

WRONG = "canary-wrong-password-7f3a"
CONTENT = b"canary-content-of-a-file-51c0"
WORDS = "canary-body-of-a-mail-98d2"


@pytest.fixture
def logs() -> Iterator[io.StringIO]:
    """Everything that any logger says, as the console would show it, tracebacks included."""
    said = io.StringIO()
    handler = logging.StreamHandler(said)
    handler.setFormatter(Masked(settings.LOGGING["formatters"]["line"]["fmt"]))
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield said
    root.setLevel(level)
    root.removeHandler(handler)


def broken(kind: type[Exception]) -> Callable[..., Any]:
    """A database that fails at every write, and says so with all that it knows."""

    def run(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.lstrip().upper().startswith(("INSERT", "UPDATE")):
            raise kind("the database is away")
        return execute(sql, params, many, context)

    return run


def patient(client: Client) -> Client:
    """Faults of the server are answers."""
    client.raise_request_exception = False
    return client


def test_no_secret_is_logged_or_shown(
    alice: Actor,
    project: Project,
    cards: list[Task],
    logs: io.StringIO,
    settings: Any,
    tmp_path: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings.MEDIA_ROOT = tmp_path
    _, token = create_token(alice, name="canary")
    invitation = invite_member(alice, email="ann@example.com", role=alice.role)
    totp = generate_totp_secret()
    TOTP.activate(alice.user, totp)
    codes = RecoveryCodes.activate(alice.user).get_unused_codes()
    client = patient(browser(alice))
    program = patient(Client(headers={"authorization": f"Token {token}"}))
    canaries = {
        "password": PASSWORD, "wrong password": WRONG, "access token": token, "session id": client.cookies["sessionid"].value,
        "invitation secret": secret_of(invitation), "TOTP secret": totp, "recovery code": codes[0], "mail body": WORDS,
        "SECRET_KEY": settings.SECRET_KEY, "database password": str(connection.settings_dict["PASSWORD"]), "file content": CONTENT.decode(),
        "Redis password": urlsplit(settings.REDIS_URL).password or "no password",
    }  # fmt: skip
    shown: list[bytes] = []

    def provoke() -> None:
        """The same requests again and again, each with a secret in it."""
        stranger = patient(Client())
        for answer in (
            stranger.post("/accounts/login/", {"login": alice.user.email, "password": PASSWORD}),
            stranger.post("/accounts/login/", {"login": alice.user.email, "password": WRONG}),
            stranger.post("/accounts/2fa/authenticate/", {"code": codes[0]}),
            stranger.post("/accounts/password/reset/", {"email": alice.user.email}),
            stranger.post("/api/v1/auth/sign-in/", {"email": alice.user.email, "password": PASSWORD}, content_type="application/json"),
            stranger.get(f"/invitations/{alice.workspace.pk}/{canaries['invitation secret']}/"),
            client.post("/w/acme/t/FLOW-1/comments/", {"body": WORDS}),
            client.post("/w/acme/t/FLOW-1/attachments/", {"file": SimpleUploadedFile("a.txt", CONTENT)}),
            client.post("/profile/", {"part": "picture", "picture": SimpleUploadedFile("a.png", CONTENT)}),
            program.post("/api/v1/workspaces/acme/tasks/FLOW-1/comments/", {"body": WORDS}, content_type="application/json"),
            program.post("/api/v1/workspaces/acme/projects/", f'{{"name": "{WORDS}', content_type="application/json"),
            patient(Client(headers={"authorization": f"Token {token[:-1]}x"})).get("/api/v1/workspaces/acme/"),
            program.get("/api/v1/workspaces/acme/nowhere/"),
        ):  # fmt: skip
            if answer.status_code >= 400 and not answer.streaming:
                shown.append(answer.content)

    provoke()
    for kind in (RuntimeError, OperationalError):
        with connection.execute_wrapper(broken(kind)):
            provoke()
    settings.REDIS_URL = "redis://127.0.0.1:1"
    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", _no_mail)
    provoke()
    with pytest.raises(ConnectionRefusedError):
        jobs.send_invitation(str(alice.workspace.pk), str(invitation.pk))

    said = logs.getvalue()
    reset = [part for letter in mail.outbox for part in letter.body.split() if "/password/reset/key/" in part]
    canaries |= {"reset key": urlsplit(reset[0]).path.split("/")[-2]} if reset else {}
    assert "RuntimeError" in said and said.count("\n") > 100, "the errors must have been there to be searched"
    assert len(canaries) >= 12
    for name, canary in canaries.items():
        assert len(canary) >= 6, name
        assert canary not in said, f"{name} is in the log: {_around(said, canary)}"
        if name != "wrong password":
            assert not [page for page in shown if canary.encode() in page], f"{name} is on an error page"
    for page in shown:
        assert b"Traceback" not in page and b"/flowboard/" not in page.replace(b"/static/", b""), page[:500]


@pytest.mark.parametrize("kind", ["openai", "openai_chat", "anthropic"])
def test_no_key_of_a_model_and_no_text_for_it_is_logged_or_said(
    bob: Actor, ai_on: Provider, logs: io.StringIO, settings: Any, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """The provider says both in its errors, as some do; all loggers are at their most talkative."""
    key, words = "canary-key-of-a-model-5e1d", "canary-words-for-a-model-70ab"
    monkeypatch.setattr("ai.calling.PAUSE", 0.01)
    settings.AI_PROVIDER, settings.AI_API_KEY = kind, key
    settings.AI_BASE_URL = ai_on.root if kind == "anthropic" else ai_on.url
    said = []
    for how in (["401"], ["429"] * 3, ["500"] * 3, ["cut"], ["garbage"], ["nothing"], []):
        breaker.forget()
        ai_on.breaks(*how)
        try:
            complete(bob, Ask("write.draft", {"wanted": words}))
        except ModelDown as down:
            said.append("".join(traceback.format_exception(down)))
            logging.getLogger("canary").exception("a question failed")
    assert len(said) == 6 and ai_on.asked[0].key == key and words in ai_on.asked[0].text
    assert "a question failed" in logs.getvalue()
    for secret in (key, words):
        assert secret not in logs.getvalue(), _around(logs.getvalue(), secret)
        assert not [one for one in said if secret in one]


@pytest.mark.parametrize(
    "line",
    [
        "Not Found: /invitations/01a2052b-6b57-76f7-a42f-5ecc6b1dba72/SECRET123/", "GET /accounts/password/reset/key/1-SECRET123/", "/accounts/confirm-email/SECRET123/",
        "GET /accounts/google/login/callback/?state=x&code=SECRET123&scope=y", "Authorization: Token fb_0123456789abcdef0123456789abcdef_SECRET123", "Bearer SECRET123.x.y", "sessionid=SECRET123; x",
        "{'sessionid': 'SECRET123'}", "could not connect to postgres://flowboard_app:SECRET123@127.0.0.1:5432/flowboard", "redis://:SECRET123@127.0.0.1:6379/0", "DETAIL:  Failing row contains (1, SECRET123).",
        "fb_0123456789abcdef0123456789abcdef_SECRET123-x_y",
    ],
)  # fmt: skip
def test_what_is_told_by_its_place_is_masked(line: str) -> None:
    assert "SECRET123" not in masked(line) and "…" in masked(line)


def test_the_rest_of_a_line_stays() -> None:
    for line in (
        "Not Found: /w/acme/t/FLOW-1/",
        "503 on /w/acme/: the database is away",
        'File "/x/y.py", line 3, in z',
    ):
        assert masked(line) == line


def _no_mail(self: Any, messages: Any) -> int:
    raise ConnectionRefusedError("no mail server")


def _around(text: str, word: str) -> str:
    at = text.index(word)
    return text[max(0, at - 200) : at + 100].replace(word, "***")
