"""A push service and a browser on this machine: verifies who sends (RFC 8292), opens what was encrypted for it (RFC 8291)."""

import base64
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import http_ece
import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from accounts import push_keys

from .serving import serving


def spelt(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def read(words: str) -> bytes:
    return base64.urlsafe_b64decode(words + "=" * (-len(words) % 4))


class Device:
    """A browser that has subscribed."""

    def __init__(self, service: "PushService", name: str) -> None:
        self.endpoint, self.private, self.auth = (
            f"{service.url}/{name}",
            ec.generate_private_key(ec.SECP256R1()),
            os.urandom(16),
        )

    @property
    def fields(self) -> dict[str, str]:
        """What its page posts."""
        point = self.private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        keys = {"p256dh": spelt(point), "auth": spelt(self.auth)}
        return {"endpoint": self.endpoint, **keys, "key": push_keys.public_key()}

    def opens(self, body: bytes) -> Any:
        plain = http_ece.decrypt(body, private_key=self.private, auth_secret=self.auth, version="aes128gcm")
        return json.loads(plain)


class PushService(ThreadingHTTPServer):
    """`pushed` holds (device, message, headers) in order; `answers` what it says instead of 201, by device."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.devices: dict[str, Device] = {}
        self.answers: dict[str, tuple[int, dict[str, str]]] = {}
        self.pushed: list[tuple[str, Any, dict[str, str]]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def device(self, name: str) -> Device:
        return self.devices.setdefault(name, Device(self, name))

    def takes(self, name: str, headers: dict[str, str], body: bytes) -> tuple[int, dict[str, str]]:
        scheme, _, rest = headers["authorization"].partition(" ")
        token, key = (part.strip().partition("=")[2] for part in rest.split(","))
        public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), read(key))
        claims = jwt.decode(token, public, algorithms=["ES256"], audience=self.url)
        assert (
            scheme == "vapid" and claims["sub"] and int(headers["ttl"]) and headers["content-encoding"] == "aes128gcm"
        )
        assert len(body) <= 4096
        if name in self.answers:
            return self.answers[name]
        self.pushed.append((name, self.devices[name].opens(body), headers | {"sub": claims["sub"]}))
        return 201, {}


class _Answers(BaseHTTPRequestHandler):
    server: PushService

    def do_POST(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = self.rfile.read(int(headers["content-length"]))
        status, said = self.server.takes(self.path.strip("/"), headers, body)
        self.send_response(status)
        for name, value in said.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, *words: Any) -> None:
        """Quiet."""


@contextmanager
def push_service(settings: Any) -> Iterator[PushService]:
    """Up, and at an address that may be asked."""
    up = PushService()
    settings.OUTWARD_PORTS, settings.OUTWARD_ALLOW_PRIVATE = [up.server_port], True
    with serving(up):
        yield up
