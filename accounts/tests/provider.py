"""An OpenID Connect provider on this machine, speaking the protocol: discovery, authorize, token, keys, userinfo."""

import json
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from .serving import serving

CLIENT = {"client_id": "flowboard", "secret": "provider-secret"}


@cache
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


class Provider(ThreadingHTTPServer):
    """`claims` are what it says of whoever signs in; `broken` names the addresses that fail."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answers)
        self.claims: dict[str, Any] = {
            "sub": "1",
            "name": "Ann Elsewhere",
            "email": "ann@example.com",
            "email_verified": True,
        }
        self.broken: set[str] = set()
        self.codes: dict[str, str] = {}

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def settings(self) -> dict[str, Any]:
        """As flowboard/sign_in.py makes them."""
        named = {"provider_id": "oidc", "name": "Acme login", "settings": {"server_url": self.issuer}}
        return {"openid_connect": {"APPS": [named | CLIENT], "OAUTH_PKCE_ENABLED": True}}


class Answers(BaseHTTPRequestHandler):
    server: Provider

    def do_GET(self) -> None:
        self._answer(dict(parse_qs(urlsplit(self.path).query)))

    def do_POST(self) -> None:
        self._answer(dict(parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())))

    def _answer(self, asked: dict[str, list[str]]) -> None:
        name = urlsplit(self.path).path.rpartition("/")[2]
        if name in self.server.broken:
            return self._say({"error": "server_error"}, 500)
        return getattr(self, name.replace("-", "_"))({one: values[0] for one, values in asked.items()})

    def openid_configuration(self, asked: dict[str, str]) -> None:
        at = self.server.issuer
        self._say({"issuer": at, "authorization_endpoint": f"{at}/authorize", "token_endpoint": f"{at}/token", "jwks_uri": f"{at}/keys", "userinfo_endpoint": f"{at}/userinfo", "token_endpoint_auth_methods_supported": ["client_secret_post"]})  # fmt: skip

    def authorize(self, asked: dict[str, str]) -> None:
        """Whoever comes is signed in here, and agrees."""
        assert asked["client_id"] == CLIENT["client_id"] and asked["code_challenge"]
        code = secrets.token_urlsafe(8)
        self.server.codes[code] = asked["redirect_uri"]
        self.send_response(302)
        self.send_header("Location", f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}")
        self.end_headers()

    def token(self, asked: dict[str, str]) -> None:
        assert asked["client_secret"] == CLIENT["secret"] and asked["code_verifier"]
        assert self.server.codes.pop(asked["code"]) == asked["redirect_uri"]
        now = int(time.time())
        claims = self.server.claims | {
            "iss": self.server.issuer,
            "aud": CLIENT["client_id"],
            "iat": now,
            "exp": now + 60,
        }
        signed = jwt.encode(claims, key(), "RS256", headers={"kid": "1"})
        self._say({"access_token": "a", "token_type": "Bearer", "id_token": signed})

    def userinfo(self, asked: dict[str, str]) -> None:
        self._say(self.server.claims)

    def keys(self, asked: dict[str, str]) -> None:
        self._say({"keys": [RSAAlgorithm.to_jwk(key().public_key(), as_dict=True) | {"kid": "1"}]})

    def _say(self, body: dict[str, Any], status: int = 200) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def provider() -> Iterator[Provider]:
    """Up for the length of a block."""
    with serving(Provider()) as up:
        yield up
