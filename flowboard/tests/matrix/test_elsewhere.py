"""Addresses of no workspace: what is open to strangers is listed here, all else is one's own; the back-office is the staff's."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from .asking import Caller, ask, undone
from .doors import API, Address, addresses
from .judging import told
from .world import World

WHO = ("anonymous", "eve", "owner")
SIGN_IN = ("/accounts/login/", "/admin/login/", "/profile/")  # the last is one's own, and asks to sign in
# who comes without a session is answered here; anywhere else they are sent to sign in
OPEN = {
    "/", "/healthz", "/readyz", "/favicon.ico", "/sw.js", "/.well-known/jwks.json", "/api/schema/", "/api/docs/", "/pricing/", "/stripe/webhook/",
    "/invitations/{workspace_id}/{token}/", "/accounts/login/", "/accounts/logout/", "/accounts/inactive/", "/accounts/signup/",
    "/accounts/confirm-email/", "/accounts/confirm-email/{key}/", "/accounts/password/reset/", "/accounts/password/reset/done/",
    "/accounts/password/reset/key/done/", "/accounts/password/reset/key/{uidb36}-{key}/", "/accounts/login/code/",
    "/accounts/login/code/confirm/", "/accounts/2fa/authenticate/", "/accounts/2fa/webauthn/login/", "/accounts/3rdparty/signup/",
    "/accounts/3rdparty/login/cancelled/", "/accounts/3rdparty/login/error/", "/accounts/google/login/",
    "/accounts/google/login/callback/", "/accounts/github/login/", "/accounts/github/login/callback/",
    "/accounts/oidc/{provider_id}/login/", "/accounts/oidc/{provider_id}/login/callback/", "/accounts/email/{key}/",
    "/api/v1/auth/sign-in/", "/api/v1/auth/second-factor/", "/api/v1/auth/refresh/",
}  # fmt: skip
OFFICE_OPEN = {"/admin/login/", "/admin/logout/"}
FILLS = {
    "key": "x",
    "token": "x" * 64,
    "name": f"{'0' * 32}.webp",
    "uidb36": "1",
    "provider_id": "x",
    "pk": "1",
    "session": "x",
}


def personal() -> Iterator[Address]:
    """Of a person, or of everybody."""
    below = API + "{workspace}/"
    return (one for one in addresses() if one.door in ("personal", "api") and not one.path.startswith(below))


def office() -> Iterator[Address]:
    return (one for one in addresses() if one.door == "office")


def url_of(address: Address, world: World) -> str:
    ids = world.ids | {"workspace_id": str(world.owner.workspace.pk)}
    return address.path.format(**{slot: FILLS.get(slot, ids.get(slot, "1")) for slot in address.slots})


@pytest.mark.parametrize("who", WHO)
def test_what_is_open_and_what_is_ones_own(
    world: World, callers: dict[str, Caller], who: str, record_property: Callable[[str, object], None]
) -> None:
    faults, count = [], 0
    for address in personal():
        for verb in ("get", "post", "delete"):
            with undone():
                answer = ask(callers[who], address.door, verb, url_of(address, world))
            count += 1
            said = f"{who}: {verb.upper()} {address.path}: {answer.status_code}"
            mine = who == "owner"  # one's own name and workspaces are shown there
            faults += [] if mine else [f"{said} tells of {word}" for word in told(who, answer)]
            faults += [said] if answer.status_code >= 500 else []
            if who == "anonymous" and address.path not in OPEN and not turned_away(answer):
                faults.append(f"{said}, though it is not declared as open")
    record_property("cases", count)
    assert not faults, "\n".join(["", *faults])


@pytest.mark.parametrize("who", WHO)
def test_the_back_office_is_the_staffs(
    world: World, callers: dict[str, Caller], who: str, record_property: Callable[[str, object], None]
) -> None:
    faults, count = [], 0
    for address in office():
        if address.path in OFFICE_OPEN:
            continue
        for verb in ("get", "post"):
            with undone():
                answer = ask(callers[who], address.door, verb, url_of(address, world))
            count += 1
            if not turned_away(answer):
                faults.append(f"{who}: {verb.upper()} {address.path}: {answer.status_code}")
    record_property("cases", count)
    assert not faults, "\n".join(["", *faults])
    assert count > 300


def turned_away(answer: Any) -> bool:
    """Sent to sign in, or told that there is nothing to do here."""
    if answer.status_code == 302:
        return answer["Location"].startswith(SIGN_IN)
    return answer.status_code in (401, 403, 404, 405)
