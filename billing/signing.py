"""Whether a webhook is Stripe's: an HMAC over the raw body and a time, not older or newer than five minutes."""

import hashlib
import hmac
import time
from collections.abc import Iterable

TOLERANCE = 300  # seconds, both ways


class Forged(ValueError):
    """Why it is not believed."""


def check(body: bytes, header: str, secrets: Iterable[str], *, now: float | None = None) -> None:
    """Raises Forged. `header` is t=…,v1=…[,v1=…]; any of the secrets will do, while one is changed for another."""
    at, signatures = _read(header)
    if abs((time.time() if now is None else now) - at) > TOLERANCE:
        raise Forged("its time is not within five minutes of ours")
    wanted = [_signature(secret, at, body) for secret in secrets if secret]
    if not any(hmac.compare_digest(one, said) for one in wanted for said in signatures):
        raise Forged("its signature is not made with our secret over this body")


def _signature(secret: str, at: int, body: bytes) -> str:
    return hmac.new(secret.encode(), b"%d.%s" % (at, body), hashlib.sha256).hexdigest()


def _read(header: str) -> tuple[int, list[str]]:
    parts = [part.partition("=") for part in header[:2000].split(",")]
    times = [value for name, _, value in parts if name.strip() == "t"]
    if len(times) != 1 or not (times[0].isascii() and times[0].isdecimal() and len(times[0]) < 12):
        raise Forged("it has no readable time")
    return int(times[0]), [value for name, _, value in parts if name.strip() == "v1" and value.isascii()]
