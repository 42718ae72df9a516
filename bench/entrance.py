"""Whether the sign-in page tells who has an account: python -m bench.entrance [--tries 1000] (or bin/bench entrance).

Wrong passwords for a known and an unknown address in turn, and resets for both, in this process through the whole
stack of the application. Bodies must be equal, the medians less than 5 ms apart, and the two samples of times not
tell apart by the two-sample Kolmogorov-Smirnov test (p > 0.01).
"""

# ruff: noqa: E402  (Django first)

import argparse
import math
import os
import re
import secrets
import statistics
import sys
import time
from collections.abc import Callable

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "flowboard.settings")
django.setup()

from django.conf import settings
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from accounts import guesses
from accounts.models import User

APART = 0.005  # seconds between the medians, at most
SURE = 0.01
OWN = re.compile(r'(name="csrfmiddlewaretoken" value|nonce|name="csrf-token" content)="[^"]*"|"X-CSRFToken": "[^"]*"')
Times = list[float]


def main() -> None:
    options = parse()
    settings.ALLOWED_HOSTS = ["*"]
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    slug = secrets.token_hex(4)
    known, unknown = f"known-{slug}@example.com", f"nobody-{slug}@example.com"
    person = User.objects.create_user(known, secrets.token_urlsafe(), name="Bench")
    person.emailaddress_set.create(email=known, verified=True, primary=True)
    chosen = {options.only: WAYS[options.only]} if options.only else WAYS
    fine = [judge(name, ask, known, unknown, options.tries) for name, ask in chosen.items()]
    sys.exit(not all(fine))


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.entrance", description=__doc__)
    parser.add_argument("--tries", type=int, default=1000)
    parser.add_argument("--only", choices=WAYS)
    return parser.parse_args()


def sign_in(email: str) -> tuple[int, str]:
    answer = Client(REMOTE_ADDR=address()).post(reverse("account_login"), {"login": email, "password": "wrong"})
    return answer.status_code, OWN.sub("", answer.content.decode()).replace(email, "ADDRESS")


def address() -> str:
    """Another one each time: limits would answer instead."""
    return f"10.{secrets.randbelow(256)}.{secrets.randbelow(256)}.{secrets.randbelow(256)}"


def reset(email: str) -> tuple[int, str]:
    answer = Client(REMOTE_ADDR=address()).post(reverse("account_reset_password"), {"email": email})
    return answer.status_code, answer.headers.get("Location", "")


WAYS: dict[str, Callable[[str], tuple[int, str]]] = {"sign-in": sign_in, "reset": reset}


def judge(name: str, ask: Callable[[str], tuple[int, str]], known: str, unknown: str, tries: int) -> bool:
    """Each address in turn, now this and now that one first, so that what else the machine does falls on both."""
    times: dict[str, Times] = {known: [], unknown: []}
    said: dict[str, set[tuple[int, str]]] = {known: set(), unknown: set()}
    for number in range(tries + 5):
        for email in (known, unknown) if number % 2 else (unknown, known):
            cache.clear()
            guesses.forget(email)
            began = time.perf_counter()
            answer = ask(email)
            if number >= 5:
                times[email].append(time.perf_counter() - began)
                said[email].add(answer)
    for words in sorted(said[known] ^ said[unknown])[:2]:
        print(f"only one of them was told: {words}")
    return report(name, times[known], times[unknown], said[known] == said[unknown])


def report(name: str, known: Times, unknown: Times, same: bool) -> bool:
    first, second = statistics.median(known), statistics.median(unknown)
    p = kolmogorov_smirnov(known, unknown)
    print(
        f"{name}: {len(known)} each, bodies {'equal' if same else 'DIFFER'}, medians {first * 1000:.2f} and {second * 1000:.2f} ms, "
        f"{abs(first - second) * 1000:.2f} ms apart, KS p = {p:.3f}"
    )
    return same and abs(first - second) < APART and p > SURE


def kolmogorov_smirnov(one: Times, other: Times) -> float:
    """The probability of so large a distance between two samples of one distribution (asymptotic; Numerical Recipes 14.3)."""
    points = sorted([(value, 0) for value in one] + [(value, 1) for value in other])
    seen, distance = [0, 0], 0.0
    for _, whose in points:
        seen[whose] += 1
        distance = max(distance, abs(seen[0] / len(one) - seen[1] / len(other)))
    size = math.sqrt(len(one) * len(other) / (len(one) + len(other)))
    x = (size + 0.12 + 0.11 / size) * distance
    return (
        min(1.0, max(0.0, 2 * sum((-1) ** (k - 1) * math.exp(-2 * (k * x) ** 2) for k in range(1, 101))))
        if x > 0.2
        else 1.0
    )


if __name__ == "__main__":
    main()
