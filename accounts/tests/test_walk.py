"""The walk in docs/api.md, step by step, as it stands there."""

import re
import shlex
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client

from accounts.models import ProgramSession
from workspaces.actor import Actor

SHELL = re.compile(r"```sh\n(.*?)```", re.S)


def steps() -> list[str]:
    """The commands of the section, in order."""
    text = (settings.BASE_DIR / "docs/api.md").read_text()
    section = text.partition("## Signing in as a person")[2].partition("\n## ")[0]
    return [line for block in SHELL.findall(section) for line in block.splitlines() if line.startswith("curl")]


def run(command: str, known: dict[str, str]) -> Any:
    """curl, as far as the walk needs it."""
    shown = re.split(r"('[^']*')", command)  # every other part stands in single quotes
    for name, value in known.items():
        shown[::2] = [part.replace(f"${name}", value) for part in shown[::2]]
    command = "".join(shown)
    assert "$" not in command, "within single quotes a shell leaves names as they are"
    words = shlex.split(command)
    said = {flag: [words[at + 1] for at, word in enumerate(words) if word == flag] for flag in ("-X", "-H", "-d")}
    verb = (said["-X"] or ["GET"])[0].lower()
    headers = dict(one.split(": ", 1) for one in said["-H"])
    body = (said["-d"] or [""])[0]
    path = words[-1]
    return (
        getattr(Client(), verb)(path, body, content_type="application/json", headers=headers)
        if body
        else getattr(Client(), verb)(path, headers=headers)
    )


@pytest.mark.parametrize("factor", [False, True])
def test_the_documented_walk(alice: Actor, factor: bool) -> None:
    cache.clear()
    *walk, second = steps()
    assert len(walk) == 7
    known = {"URL": ""}
    if factor:
        from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
        from allauth.mfa.totp.internal.auth import TOTP

        TOTP.activate(alice.user, "JBSWY3DPEHPK3PXP")
        code = RecoveryCodes.activate(alice.user).get_unused_codes()[0]
    for number, command in enumerate(walk):
        answer = run(command, known)
        if number == 0 and factor:
            assert answer.status_code == 202
            answer = run(second.replace("123456", code), known | {"SESSION_TOKEN": answer.json()["session_token"]})
        assert answer.status_code in (200, 204), (command, answer.content)
        told = answer.json() if answer.content else {}
        if "access_token" in told:
            known |= {"ACCESS_TOKEN": told["access_token"], "REFRESH_TOKEN": told["refresh_token"]}
        if "/sessions/" in command and isinstance(told, list):
            assert [one["current"] for one in told] == [True]
            known["SESSION_ID"] = other(alice)
    assert run(walk[1], known).status_code == 401
    assert ProgramSession.objects.count() == 2  # whose sessions are gone


def other(alice: Actor) -> str:
    """The id of another session of the same person."""
    cache.clear()
    if alice.user.authenticator_set.exists():
        alice.user.authenticator_set.all().delete()
    tokens = run(steps()[0], {"URL": ""}).json()
    listed = (
        Client().get("/api/v1/auth/sessions/", headers={"authorization": f"Bearer {tokens['access_token']}"}).json()
    )
    return str(next(one["id"] for one in listed if one["current"]))
