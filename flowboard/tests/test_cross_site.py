"""Pages of other sites change nothing here and lead nobody away: every unsafe operation of the URLconf is tried."""

from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from django.test import Client
from django.test.client import MULTIPART_CONTENT

from accounts.models import User
from tasks.tests.operations import Ids, world
from tasks.tests.test_api_walls import checksum
from workspaces.actor import Actor
from workspaces.tests.people import PASSWORD, browser

from .matrix.doors import addresses

FORM = {"name": "x", "title": "x", "body": "x", "text": "x", "titles": "x", "confirm": "acme"}
QUIET = {"HX-Request": "true"}  # a refusal in a header, where a page would be drawn each time
UNSAFE, PAGE_VERBS = ("post", "put", "patch", "delete"), ("post", "delete")
# they read no cookie: whoever asks must know a password, or a token
NO_COOKIE = ("/api/v1/auth/sign-in/", "/api/v1/auth/second-factor/", "/api/v1/auth/refresh/")
CROSS = (
    {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"},
    {"Sec-Fetch-Site": "same-site", "Origin": "https://other.testserver"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "null"},
)
# what a server that compares words alone takes for its own
ELSEWHERE = [
    "https://evil.example", "http://evil.example/", "//evil.example", "///evil.example", "////evil.example", "/\\evil.example", "\\\\evil.example", "/\t/evil.example", "/\n/evil.example", "\t//evil.example",
    " //evil.example", "https:evil.example", "https:/evil.example", "https:///evil.example", "http:\\\\evil.example", "javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,<script>1</script>", "https://testserver@evil.example/",
    "https://testserver.evil.example/", "//testserver:80@evil.example", "\x01https://evil.example", "ftp://testserver/", "/%09/evil.example", "//evil.example/%2f..", "http://testserver\\@evil.example",
]  # fmt: skip


@pytest.fixture
def acme(alice: Actor) -> Ids:
    """One of everything."""
    return world(alice, "FLOW", "words")


def unsafe(ids: Ids) -> list[tuple[str, str]]:
    """Each verb on each address, with real ids where the workspace has them."""
    slots = ids | {
        "object_id": "1",
        "app_label": "accounts",
        "content_type_id": "1",
        "provider_id": "x",
        "secret": "x",
        "name": "x",
        "uidb36": "1",
        "session": "x",
    }
    paths = [address.path.format_map(_Filled(slots)) for address in addresses()]
    verbs = {path: UNSAFE if "/api/" in path else PAGE_VERBS for path in paths}
    return [(verb, path) for path, some in verbs.items() for verb in some]


class _Filled(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "x"


def everything(by: Actor) -> tuple[str, list[Any]]:
    """What must not change: all rows of the workspace, and the people."""
    return checksum(by.workspace.pk), list(User.objects.order_by("pk").values())


def test_without_the_token_nothing_is_done(alice: Actor, acme: Ids) -> None:
    """Neither as a program would send it, nor as a page of another site can: a form, whose answer it never sees."""
    client, before = strict(alice), everything(alice)
    asked = [one for one in unsafe(acme) if one[1] not in NO_COOKIE]
    for verb, path in asked:
        body, kind = (FORM, MULTIPART_CONTENT) if verb == "post" and "/api/" not in path else ("{}", "application/json")
        answer = getattr(client, verb)(path, body, content_type=kind, headers=QUIET)
        assert answer.status_code in (403, 404, 405), f"{verb} {path}: {answer.status_code}"
    assert len(asked) > 300
    assert everything(alice) == before


def test_even_with_the_token_other_sites_change_nothing(alice: Actor, acme: Ids) -> None:
    client, before = strict(alice), everything(alice)
    client.get("/accounts/password/change/")
    token = client.cookies["csrftoken"].value
    for number, (verb, path) in enumerate(unsafe(acme)):
        headers = QUIET | {"X-CSRFToken": token} | CROSS[number % len(CROSS)]
        answer = getattr(client, verb)(path, "{}", content_type="application/json", headers=headers)
        assert answer.status_code == 403, f"{verb} {path}: {answer.status_code}"
    assert everything(alice) == before


def test_the_token_is_all_that_was_missing(alice: Actor) -> None:
    """So that the others fail for the reason they name."""
    client = strict(alice)
    client.get("/profile/")
    token = client.cookies["csrftoken"].value
    for headers in ({}, {"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}):
        sent = {"X-CSRFToken": token, **headers}
        assert client.post("/profile/", {"part": "theme", "theme": "dark"}, headers=sent).status_code == 204
    assert (
        client.post("/profile/", {"part": "theme", "theme": "dark"}, headers={"X-CSRFToken": "x" * 32}).status_code
        == 403
    )


def test_a_proxy_name_that_is_trusted_may_send(alice: Actor, settings: Any) -> None:
    settings.CSRF_TRUSTED_ORIGINS = ["https://board.example.com"]
    client = strict(alice)
    client.get("/profile/")
    sent = {
        "X-CSRFToken": client.cookies["csrftoken"].value,
        "Origin": "https://board.example.com",
        "Sec-Fetch-Site": "same-site",
    }
    assert client.post("/profile/", {"part": "theme", "theme": "dark"}, headers=sent).status_code == 204


def test_nobody_is_signed_in_by_another_site(alice: Actor) -> None:
    """Login CSRF: a visitor would work in the attacker's account."""
    client = Client(enforce_csrf_checks=True)
    answer = client.post("/accounts/login/", {"login": alice.user.email, "password": PASSWORD})
    assert answer.status_code == 403 and "sessionid" not in client.cookies
    client.get("/accounts/login/")
    form = {"login": alice.user.email, "password": PASSWORD, "csrfmiddlewaretoken": client.cookies["csrftoken"].value}
    assert client.post("/accounts/login/", form, headers=CROSS[0]).status_code == 403
    assert client.post("/accounts/login/", form, headers={"Sec-Fetch-Site": "same-origin"}).status_code == 302


@pytest.mark.parametrize("to", ELSEWHERE)
def test_next_leads_nowhere_else(alice: Actor, to: str) -> None:
    """After signing in, up and out, and on every page that knows a `next`."""
    form = {"login": alice.user.email, "password": PASSWORD, "next": to}
    stays(Client().post(f"/accounts/login/?next={quote(to)}", form), to)
    client = browser(alice)
    for path in ("/accounts/login/", "/accounts/reauthenticate/", "/admin/login/"):
        stays(client.get(f"{path}?next={quote(to)}"), to)
    for path in ("/profile/", "/accounts/reauthenticate/", "/accounts/logout/"):
        stays(
            client.post(
                f"{path}?next={quote(to)}", {"next": to, "part": "theme", "theme": "dark", "password": PASSWORD}
            ),
            to,
        )


def stays(answer: Any, to: str) -> None:
    """Neither a redirect nor an htmx header leads elsewhere, and no link of the page does."""
    for header in ("Location", "HX-Redirect", "HX-Location", "Refresh"):
        where = answer.get(header, "")
        parts = urlsplit(where)
        assert parts.netloc in ("", "testserver") and parts.scheme in ("", "http", "https"), (
            f"{to!r} leads to {where!r}"
        )
        assert not where.replace("\\", "/").lstrip().startswith("//"), f"{to!r} leads to {where!r}"
    if answer.status_code == 200:
        assert f'href="{to}"' not in answer.content.decode()


@pytest.mark.parametrize(
    "path",
    ["//evil.example/w/acme/", "//evil.example/%2e%2e/w/acme/", "/w/acme//evil.example/", "/\\evil.example/w/acme/"],
)
def test_signing_in_leads_back_to_us(path: str) -> None:
    where = Client().get(path).get("Location", "")
    assert urlsplit(where).netloc in ("", "testserver"), where


def strict(actor: Actor) -> Client:
    """A signed-in browser whose requests are checked as those of real ones are."""
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    client.force_login(actor.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client
