"""Tokens of programs: what is let in, what never is, and that a copied refresh token ends the whole sign-in."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import jwt
import pytest
from allauth.headless.tokens.strategies.base import AbstractTokenStrategy
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import jwt_tokens, keys, programs
from accounts.devices import device
from accounts.models import ProgramSession, SignIn, SigningKey, User
from workspaces.actor import Actor
from workspaces.tests.people import PASSWORD, browser

AUTH = "/api/v1/auth/"
HERE = "/api/v1/workspaces/acme/"


@pytest.fixture(autouse=True)
def fresh_limits() -> Iterator[None]:
    """Rate limits count in the cache."""
    cache.clear()
    yield
    cache.clear()


def post(path: str, data: Any, *, token: str = "", client: Client | None = None) -> Any:
    headers = {"authorization": f"Bearer {token}"} if token else {}
    return (client or Client()).post(
        f"{AUTH}{path}/", json.dumps(data), content_type="application/json", headers=headers
    )


def sign_in(person: Actor, agent: str = "") -> dict[str, str]:
    credentials = {"email": person.user.email, "password": PASSWORD}
    answer = post("sign-in", credentials, client=Client(headers={"user-agent": agent}) if agent else None)
    assert answer.status_code == 200, answer.content
    return dict(answer.json())


def status(token: str, path: str = HERE, *, client: Client | None = None) -> int:
    return (client or Client()).get(path, headers={"authorization": f"Bearer {token}"}).status_code


def forged(token: str, *, key: Any = None, algorithm: str = "ES256", kid: str | None = None, **claims: Any) -> str:
    """The token with other claims, signed by our own key unless another is given."""
    said = jwt.decode(token, options={"verify_signature": False}) | claims
    signing = keys.signing_key()
    return jwt.encode(
        {name: value for name, value in said.items() if value is not None}, keys.private_part(signing) if key is None else key,
        algorithm=algorithm, headers={"kid": signing.kid if kid is None else kid},
    )  # fmt: skip


# being let in


def test_a_program_works_as_its_person(alice: Actor, eve: Actor) -> None:
    tokens = sign_in(alice)
    assert tokens["expires_in"] == 300
    assert status(tokens["access_token"]) == 200
    assert status(tokens["access_token"], "/api/v1/workspaces/globex/") == 404
    made = Client().post(
        f"{HERE}projects/", {"name": "Flow", "key": "FLOW"}, content_type="application/json",
        headers={"authorization": f"bearer {tokens['access_token']}"},
    )  # fmt: skip
    assert made.status_code == 201  # no CSRF token: no cookie lets a program in


def test_no_cookie_comes_with_it_and_none_counts(alice: Actor, eve: Actor) -> None:
    answer = post("sign-in", {"email": "alice@example.com", "password": PASSWORD})
    assert "sessionid" not in answer.cookies
    hers = browser(alice)
    assert status(sign_in(eve)["access_token"], client=hers) == 404
    assert status("x.y.z", client=hers) == 401
    assert status("", client=hers) == 401


def test_a_refusal_says_how_to_come_in(alice: Actor) -> None:
    answer = Client().get(HERE, headers={"authorization": "Bearer nonsense"})
    assert (answer.status_code, answer["Content-Type"]) == (401, "application/problem+json")
    assert answer["WWW-Authenticate"] == "Bearer, Token"


def test_pages_are_not_opened_by_it(alice: Actor) -> None:
    assert status(sign_in(alice)["access_token"], "/w/acme/") == 302


@pytest.mark.parametrize("password", ["wrong", ""])
def test_a_wrong_password(alice: Actor, password: str) -> None:
    answer = post("sign-in", {"email": "alice@example.com", "password": password})
    assert answer.status_code in (400, 401)
    assert not ProgramSession.objects.exists()


def test_a_stranger_is_told_the_same(alice: Actor) -> None:
    known, unknown = (
        post("sign-in", {"email": email, "password": "wrong"}) for email in ("alice@example.com", "x@example.com")
    )
    assert (known.status_code, known.content) == (unknown.status_code, unknown.content)


def test_input_is_strict() -> None:
    answer = post("sign-in", {"email": "a@example.com", "password": "x", "remember": True})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["remember"])
    assert post("refresh", {"refresh_token": "x" * 5000}).status_code == 400


def test_an_unconfirmed_and_a_disabled_person(alice: Actor) -> None:
    alice.user.emailaddress_set.update(verified=False)
    credentials = {"email": "alice@example.com", "password": PASSWORD}
    assert post("sign-in", credentials).status_code == 403
    User.objects.filter(pk=alice.user.pk).update(is_active=False)
    assert post("sign-in", credentials).status_code == 401
    assert not ProgramSession.objects.exists()


def test_a_second_factor(alice: Actor) -> None:
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
    from allauth.mfa.totp.internal.auth import TOTP

    TOTP.activate(alice.user, "JBSWY3DPEHPK3PXP")
    code = RecoveryCodes.activate(alice.user).get_unused_codes()[0]
    first = post("sign-in", {"email": "alice@example.com", "password": PASSWORD})
    said = first.json()
    assert (first.status_code, said["next"]) == (202, "second_factor")
    assert sorted(said["types"]) == ["recovery_codes", "totp"]
    assert not ProgramSession.objects.exists()
    waiting = {"session_token": said["session_token"]}
    assert status(said["session_token"]) == 401
    assert (
        Client().get("/", headers={"cookie": f"sessionid={said['session_token']}"}).status_code == 200
    )  # not signed in
    assert post("second-factor", waiting | {"code": "000000"}).status_code == 401
    done = post("second-factor", waiting | {"code": code})
    assert done.status_code == 200
    assert status(done.json()["access_token"]) == 200
    assert post("second-factor", waiting | {"code": code}).status_code == 401


def test_a_browsers_session_is_no_session_token(alice: Actor) -> None:
    key = browser(alice).cookies["sessionid"].value
    assert post("second-factor", {"session_token": key, "code": "123456"}).status_code == 401
    assert post("second-factor", {"session_token": "program:" + key, "code": "123456"}).status_code == 401


# refreshing


def test_refreshing_goes_on(alice: Actor) -> None:
    tokens = sign_in(alice)
    for _ in range(3):
        tokens = post("refresh", {"refresh_token": tokens["refresh_token"]}, token="expired.or.not").json()
    assert status(tokens["access_token"]) == 200
    assert ProgramSession.objects.count() == 1


def test_a_refresh_token_used_twice_ends_the_sign_in(alice: Actor) -> None:
    first, other = sign_in(alice), sign_in(alice)
    second = post("refresh", {"refresh_token": first["refresh_token"]}).json()
    assert post("refresh", {"refresh_token": first["refresh_token"]}).status_code == 401
    assert post("refresh", {"refresh_token": second["refresh_token"]}).status_code == 401
    assert status(first["access_token"]) == status(second["access_token"]) == 401
    assert status(other["access_token"]) == 200
    assert SignIn.objects.filter(user=alice.user, method="refresh token used twice").count() == 1


def test_each_token_has_its_use(alice: Actor) -> None:
    tokens = sign_in(alice)
    assert status(tokens["refresh_token"]) == 401
    assert post("refresh", {"refresh_token": tokens["access_token"]}).status_code == 401
    assert status(tokens["access_token"]) == 200  # and nothing has ended


def test_a_forged_old_refresh_token_ends_nothing(alice: Actor) -> None:
    tokens = sign_in(alice)
    from cryptography.hazmat.primitives.asymmetric import ec

    stranger = ec.generate_private_key(ec.SECP256R1())
    assert (
        post("refresh", {"refresh_token": forged(tokens["refresh_token"], key=stranger, jti=str(uuid4()))}).status_code
        == 401
    )
    assert status(tokens["access_token"]) == 200


# what is never let in


def test_tokens_that_nobody_of_ours_signed(alice: Actor, eve: Actor) -> None:
    token = sign_in(alice)["access_token"]
    public = keys.signing_key().public
    head, body, signature = token.split(".")
    wrong = [
        jwt.encode(jwt.decode(token, options={"verify_signature": False}), None, algorithm="none", headers={"kid": keys.signing_key().kid}),
        f"{head}.{body}.", f"{head}.{body}", f"{head}.{body[:-4]}AAAA.{signature}", f"{head}.{body}.{signature[:-6]}AAAAAA", f"{body}.{head}.{signature}",
        forged(token, kid="another"), forged(token, kid=""), "a.b.c", "ä.ö.ü", "." * 50, f"{token} {token}",
    ]  # fmt: skip
    # the public key taken for a shared secret, as some verifiers can be made to do; PyJWT refuses to sign so
    wrong.append(hs256(token, public))
    for one in wrong:
        assert status(one) == 401, one
    assert status(token) == 200


def hs256(token: str, secret: str) -> str:
    import base64
    import hashlib
    import hmac

    head = jwt.get_unverified_header(token) | {"alg": "HS256"}
    said = jwt.decode(token, options={"verify_signature": False})
    parts = [base64.urlsafe_b64encode(json.dumps(one).encode()).rstrip(b"=") for one in (head, said)]
    made = hmac.new(secret.encode(), b".".join(parts), hashlib.sha256).digest()
    return b".".join([*parts, base64.urlsafe_b64encode(made).rstrip(b"=")]).decode()


def test_tokens_of_ours_that_say_what_is_not_so(alice: Actor, eve: Actor) -> None:
    """Even with the right key: another's session, no session, no end, a past one, a use that is none."""
    token, hers = sign_in(alice)["access_token"], sign_in(eve)["access_token"]
    other = jwt.decode(hers, options={"verify_signature": False})
    past = int(timezone.now().timestamp()) - 60
    for claims in (
        {"sid": other["sid"]}, {"sub": other["sub"]}, {"sid": str(uuid4())}, {"sid": None}, {"sid": 5}, {"sub": None}, {"exp": None},
        {"exp": past}, {"iat": past + 600}, {"jti": None}, {"token_use": "refresh"}, {"token_use": None}, {"sid": "\0"},
    ):  # fmt: skip
        assert status(forged(token, **claims)) == 401, claims
    assert status(forged(token)) == 200


@pytest.mark.parametrize("how", ["disabled", "password", "expired", "deleted"])
def test_nothing_outlives_what_it_stands_on(alice: Actor, how: str) -> None:
    tokens = sign_in(alice)
    if how == "disabled":
        User.objects.filter(pk=alice.user.pk).update(is_active=False)
    elif how == "password":
        alice.user.set_password("another one, quite long")
        alice.user.save()
    elif how == "expired":
        Session.objects.update(expire_date=timezone.now())
    else:
        Session.objects.all().delete()
    assert status(tokens["access_token"]) == 401
    assert post("refresh", {"refresh_token": tokens["refresh_token"]}).status_code == 401


# sessions


def test_sessions_are_listed_and_ended(alice: Actor, eve: Actor) -> None:
    mine, other, foreign = sign_in(alice, "robot/2.1"), sign_in(alice), sign_in(eve)
    headers = {"authorization": f"Bearer {mine['access_token']}"}
    listed = Client().get(f"{AUTH}sessions/", headers=headers).json()
    assert [one["current"] for one in listed] == [False, True]
    assert listed[1]["agent"] == "robot/2.1"
    assert device(listed[1]["agent"]) == "robot"
    theirs = Client().get(f"{AUTH}sessions/", headers={"authorization": f"Bearer {foreign['access_token']}"}).json()[0]
    assert Client().delete(f"{AUTH}sessions/{theirs['id']}/", headers=headers).status_code == 404
    assert Client().delete(f"{AUTH}sessions/{listed[0]['id']}/", headers=headers).status_code == 204
    assert [status(one["access_token"]) for one in (mine, other)] == [200, 401]
    cookie = Client()
    cookie.post(reverse("account_login"), {"login": alice.user.email, "password": PASSWORD})
    assert cookie.get("/w/acme/").status_code == 200
    assert Client().delete(f"{AUTH}sessions/", headers=headers).status_code == 204
    assert cookie.get("/w/acme/").status_code == 302
    assert status(foreign["access_token"], "/api/v1/workspaces/globex/") == 200
    assert Client().delete(f"{AUTH}session/", headers=headers).status_code == 204
    assert status(mine["access_token"]) == 401
    assert SignIn.objects.filter(user=alice.user, outcome="out").exists()


def test_an_access_token_looks_after_no_sessions(alice: Actor) -> None:
    from workspaces.tests.people import Program

    for answer in (Program(alice).get(f"{AUTH}sessions/"), Program(alice).delete(f"{AUTH}session/")):
        assert answer.status_code == 403


def test_what_has_ended_is_forgotten(alice: Actor) -> None:
    sign_in(alice), sign_in(alice)
    old = timezone.now() - timedelta(hours=1)
    ProgramSession.objects.update(created_at=old)
    Session.objects.filter(session_key=ProgramSession.objects.earliest("pk").session_key).delete()
    programs.forget_ended()
    assert ProgramSession.objects.count() == 1


# keys


def test_a_new_key_is_published_before_it_signs(alice: Actor) -> None:
    first = keys.signing_key()
    made = keys.rotate()
    assert keys.signing_key() == first
    published = Client().get("/.well-known/jwks.json")
    assert [one["kid"] for one in published.json()["keys"]] == [first.kid, made.kid]
    assert published["Cache-Control"] == "public, max-age=3600"
    assert not {"d", "p", "q"} & set(published.json()["keys"][0])
    SigningKey.objects.filter(pk=first.pk).update(retired_at=timezone.now())
    assert keys.signing_key() == made


def test_old_tokens_stay_good_while_their_key_does(alice: Actor) -> None:
    before = sign_in(alice)
    old = keys.signing_key()
    made = keys.rotate(ahead=timedelta(0))
    after = post("refresh", {"refresh_token": before["refresh_token"]}).json()
    assert jwt.get_unverified_header(after["access_token"])["kid"] == made.kid != old.kid
    assert status(before["access_token"]) == status(after["access_token"]) == 200
    SigningKey.objects.filter(pk=old.pk).update(expires_at=timezone.now())
    assert (status(before["access_token"]), status(after["access_token"])) == (401, 200)
    keys.rotate()
    assert not SigningKey.objects.filter(pk=old.pk).exists()


def test_whoever_holds_the_public_keys_can_verify(alice: Actor) -> None:
    token = sign_in(alice)["access_token"]
    known = jwt.PyJWKSet.from_dict(Client().get("/.well-known/jwks.json").json())
    key = known[jwt.get_unverified_header(token)["kid"]]
    assert jwt.decode(token, key, algorithms=["ES256"])["sub"] == str(alice.user.pk)


def test_beat_rotates_each_thirty_days(alice: Actor) -> None:
    first = keys.rotate_when_due()
    assert first is not None
    assert keys.rotate_when_due() is None
    SigningKey.objects.update(created_at=timezone.now() - keys.SIGNS)
    assert keys.rotate_when_due() is not None
    assert keys.rotate_when_due() is None
    assert SigningKey.objects.count() == 2


def test_a_leaked_key_is_distrusted(alice: Actor, capsys: pytest.CaptureFixture[str]) -> None:
    tokens = sign_in(alice)
    call_command("rotate_signing_keys")
    assert "signs from" in capsys.readouterr().out
    assert status(tokens["access_token"]) == 200
    call_command("rotate_signing_keys", distrust=True)
    assert "signs now" in capsys.readouterr().out
    assert status(tokens["access_token"]) == 401
    assert status(sign_in(alice)["access_token"]) == 200


def test_the_private_part_is_sealed(alice: Actor, settings: Any) -> None:
    key = keys.signing_key()
    assert "PRIVATE" not in key.sealed
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another"
    assert keys.signing_key() == key
    settings.SECRET_KEY_FALLBACKS = []
    assert keys.signing_key() != key  # it still verifies, and signs nothing any more
    assert key in keys.living()


def test_allauth_asks_its_strategy_for_what_ours_gives() -> None:
    """The seam between the two: when a version of allauth moves it, this fails first."""
    asked = {name for name in vars(AbstractTokenStrategy) if not name.startswith("_")}
    assert asked == {
        "get_session_token", "create_access_token_payload", "create_access_token", "create_session_token", "lookup_session",
        "refresh_token",
    }  # fmt: skip
    assert settings.HEADLESS_TOKEN_STRATEGY == "accounts.jwt_strategy.TokenStrategy"
    assert jwt_tokens.CLAIMS == ("exp", "iat", "jti", "sid", "sub", "token_use")
