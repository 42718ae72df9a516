"""Two tenants, request by request, through a pool of two connections: python -m bench.tenants [--requests 10000]

Real requests to a real server, four at once, in turn of one workspace and of the other (CHECKS.md 2). Every answer must hold
its own workspace's words and none of the other's; prints how many did not.
"""

import argparse
import http.client
import os
import uuid
from concurrent.futures import ThreadPoolExecutor

os.environ["DATABASE_POOL"] = "2"

from bench import _board
from bench._load import serving
from tasks.actions import create_project
from workspaces import tenancy
from workspaces.actions import create_token
from workspaces.actor import Actor
from workspaces.spine import acting

AT_ONCE = 4


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=10_000)
    options = parser.parse_args()
    tenants = [tenant(f"{name}-{uuid.uuid4().hex[:6]}") for name in ("amber", "cobalt")]
    with serving("flowboard.wsgi:application", workers=1) as server, ThreadPoolExecutor(AT_ONCE) as pool:
        share = options.requests // AT_ONCE
        wrong = sum(pool.map(lambda hand: ask(server.port, tenants, hand, share), range(AT_ONCE)))
    print(f"{share * AT_ONCE:,} requests of two tenants in turn through two connections: {wrong} answers were wrong")
    if wrong:
        raise SystemExit(1)


def tenant(word: str) -> tuple[str, str]:
    """A workspace whose project is called by the word, and a token of its owner."""
    by: Actor = _board.workspace(word)
    by.workspace.plan = "enterprise"  # how often one may ask is not what is asked
    with acting(by), tenancy.workspace(by.workspace.pk):
        by.workspace.save(update_fields=["plan"])
    create_project(by, name=f"Of {word}", key="OWN")
    return word, create_token(by, name="bench")[1]


def ask(port: int, tenants: list[tuple[str, str]], hand: int, count: int) -> int:
    """How many answers were not their workspace's own."""
    wire, wrong = http.client.HTTPConnection("127.0.0.1", port, timeout=30), 0
    for number in range(count):
        (word, token), (other, _) = tenants if (number + hand) % 2 else reversed(tenants)
        wire.request("GET", f"/api/v1/workspaces/{word}/projects/", headers={"Authorization": f"Token {token}"})
        answer = wire.getresponse()
        text = answer.read().decode()
        wrong += answer.status != 200 or f"Of {word}" not in text or other in text
    return wrong


if __name__ == "__main__":
    main()
