"""What every answer carries, and settings under which the program refuses to be public."""

import os
import re
import subprocess
import sys
from typing import Any

import pytest
from django.conf import settings
from django.core.checks import run_checks
from django.test import Client

from flowboard.middleware import UNUSED, USED
from tasks.models import Project, Task
from workspaces.actor import Actor
from workspaces.tests.people import Program, browser

PAGES = (
    "/", "/accounts/login/", "/accounts/signup/", "/accounts/password/reset/", "/profile/", "/w/acme/", "/w/acme/p/FLOW/board/", "/w/acme/p/FLOW/list/", "/w/acme/p/FLOW/settings/",
    "/w/acme/t/FLOW-1/", "/w/acme/members/", "/w/acme/activity/", "/w/acme/settings/", "/w/acme/search/?q=x", "/w/acme/imports/new/", "/w/acme/projects/new/", "/api/docs/", "/nowhere/", "/w/nowhere/",
)  # fmt: skip
INLINE = re.compile(
    r"<style|\sstyle=|\son[a-z]+=|href=[\"']javascript:|<script(?![^>]*nonce=)|<base|<iframe|<object|<embed"
)


@pytest.mark.parametrize("url", PAGES)
def test_every_page_carries_them(alice: Actor, project: Project, cards: list[Task], url: str) -> None:
    answer = browser(alice).get(url)
    policy = answer["Content-Security-Policy"]
    for words in (
        "default-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    ):
        assert words in policy
    assert "unsafe" not in policy and "*" not in policy
    assert (answer["X-Frame-Options"], answer["X-Content-Type-Options"]) == ("DENY", "nosniff")
    assert (answer["Referrer-Policy"], answer["Cross-Origin-Opener-Policy"]) == ("same-origin", "same-origin")
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "no-store" in answer["Cache-Control"] and "private" in answer["Cache-Control"]
    assert "publickey-credentials-get=(self)" in answer["Permissions-Policy"]
    assert "camera=()" in answer["Permissions-Policy"]
    if answer.get("Content-Type", "").startswith("text/html"):
        assert not INLINE.search(re.sub(r"<(textarea|pre|code).*?</\1>", "", answer.content.decode(), flags=re.DOTALL))


def test_a_nonce_is_good_once() -> None:
    nonces = {re.search(r"nonce-([^']+)", Client().get("/nowhere/")["Content-Security-Policy"])[1] for _ in range(5)}  # type: ignore[index]
    assert len(nonces) == 5


def test_the_api_is_kept_by_no_cache(alice: Actor, project: Project) -> None:
    assert Program(alice).get("projects/")["Cache-Control"] == "private, no-store"


def test_features_are_named_once() -> None:
    assert len(set(UNUSED)) == len(UNUSED) >= 40 and not set(UNUSED) & set(USED)


def test_static_files_are_for_our_own_pages() -> None:
    answer = Client().get("/static/icons/favicon.svg")
    assert b"<svg" in b"".join(answer.streaming_content) and "Access-Control-Allow-Origin" not in answer
    assert "object-src 'none'" in answer["Content-Security-Policy"]


def test_the_favicon_answers() -> None:
    answer = Client().get("/favicon.ico", follow=True)
    assert answer["Content-Type"] == "image/svg+xml" and b"<svg" in b"".join(answer.streaming_content)


def test_cookies(alice: Actor, project: Project, settings: Any) -> None:
    """A new session at sign-in; no script reads it; it travels to other sites' pages only when people come by a link."""
    client = Client()
    client.get("/accounts/login/")
    client.cookies["sessionid"] = "a" * 32
    answer = client.post("/accounts/login/", {"login": alice.user.email, "password": "flowboard-demo"})
    cookie = answer.cookies["sessionid"]
    assert answer.status_code == 302 and cookie.value != "a" * 32
    assert cookie["httponly"] and cookie["samesite"] == "Lax"


def test_production_is_clean() -> None:
    """Django's own list, with every warning an error, under the settings that docs/operations.md names."""
    env = {
        **os.environ,
        "HTTPS": "true",
        "DEBUG": "false",
        "ALLOWED_HOSTS": "board.example.com",
        "SITE_URL": "https://board.example.com",
    }
    env.pop("DJANGO_ALLOW_ASYNC_UNSAFE", None)  # which the tests in a browser need
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    done = subprocess.run(
        command, cwd=settings.BASE_DIR, env=env, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    code = "import django; django.setup(); from django.conf import settings as s; print(s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SECURE_HSTS_SECONDS, s.SECURE_SSL_REDIRECT)"
    shown = subprocess.run(
        [sys.executable, "-c", code],
        cwd=settings.BASE_DIR,
        env={**env, "DJANGO_SETTINGS_MODULE": "flowboard.settings"},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    assert shown.stdout.split() == ["True", "True", "31536000", "True"]


@pytest.mark.parametrize("key", ["short", "a" * 60, "django-insecure-" + "abcdefghijkl" * 6, "only-for-development"])
def test_a_key_that_can_be_guessed_is_refused(settings: Any, key: str) -> None:
    settings.SECRET_KEY = key
    assert "flowboard.E002" in {error.id for error in run_checks()}


def test_debug_is_never_public(settings: Any) -> None:
    settings.DEBUG, settings.HTTPS = True, True
    assert "flowboard.E001" in {error.id for error in run_checks()}
    settings.HTTPS = False
    assert not [error for error in run_checks() if str(error.id).startswith("flowboard.E00")]
