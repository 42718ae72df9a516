"""What Stripe tells, under load: python -m bench.payments [--events 400] [--times 3] [--workspaces 40] [--hands 8]

The lives of so many workspaces at the stand-in (bought, more seats, failed, paid, yearly, cancelled, ended) make the events. Each
is posted so many times, shuffled, with forged, altered and old ones in between, to a running web process, while a worker deals
with them. Prints how long the answers took, and whether every workspace then stands as Stripe says.
"""

import argparse
import http.client
import json
import os
import random
import statistics
import threading
import time
from collections import Counter
from dataclasses import asdict
from typing import Any

from billing.tests.stripe import KEY, SECRET, Stripe, header_for, stripe

os.environ |= {"STRIPE_SECRET_KEY": KEY, "STRIPE_WEBHOOK_SECRET": SECRET}  # before Django reads them

from bench import _stage  # which sets Django up

# isort: split
from django.conf import settings

from accounts.models import User
from bench.faults._worker import Worker
from billing.actions.rows import hold
from billing.models import Plan, StripeEvent
from billing.pulling import look, row_of
from workspaces import tenancy
from workspaces.actions import create_workspace
from workspaces.actor import Actor
from workspaces.models import ActivityLog
from workspaces.spine import acting

ADDRESS = "/stripe/webhook/"
PATIENCE = 300  # seconds until all is dealt with
Post = tuple[str, bytes, str]  # what it is, its body, its signature
Said = tuple[str, int, float]  # what it was, the answer's status, how long it took


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=400)
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--workspaces", type=int, default=40)
    parser.add_argument("--hands", type=int, default=8)
    options = parser.parse_args()
    with stripe() as till:
        settings.STRIPE_API_HOST = os.environ["STRIPE_API_HOST"] = till.url
        owners = _live(till, options.workspaces, options.events)
        posts = _posts(till.events[-options.events :], options.times)
        print(
            f"{options.events} events of {len(owners)} workspaces, each {options.times} times: {len(posts)} posts, {options.hands} at once"
        )
        _measure(posts, options.hands)
        _judge(owners, {event["id"] for event in till.events[-options.events :]}, options.times)


def _live(till: Stripe, workspaces: int, events: int) -> dict[str, Actor]:
    """Owners by customer; they live on in turn until Stripe has had so much to tell."""
    chance, word = random.Random(7), f"pay{int(time.time())}"
    prices = {each: till.price("pro", each, cents) for each, cents in (("month", 900), ("year", 9000))}
    Plan.objects.filter(key="pro").update(stripe_month=prices["month"], stripe_year=prices["year"])
    owners = dict(_customer(till, f"{word}-{number}") for number in range(workspaces))
    subs = [till.subscribe(customer, [{"price": prices["month"], "quantity": 1}], {}) for customer in owners]
    while len(till.events) < events:
        _step(till, chance.choice(subs), prices, chance)
    return owners


def _customer(till: Stripe, name: str) -> tuple[str, Actor]:
    person = User(email=f"{name}@bench.example", name="Owner")
    person.set_unusable_password()
    person.save()
    by, customer = Actor.of(create_workspace(person, name=name, slug=name)), str(till.new("customer", name=name)["id"])
    with acting(by):
        row = hold(by)
        row.customer = customer
        row.save(update_fields=["customer"])
    return customer, by


def _step(till: Stripe, sub: dict[str, Any], prices: dict[str, str], chance: random.Random) -> None:
    """What may happen to a subscription next."""
    if sub["status"] == "canceled":
        till.tell("customer.subscription.deleted", sub)
        return
    item = {"id": sub["items"]["data"][0]["id"]}
    till.declines = False
    match chance.randrange(12):
        case 0 | 1 | 2 | 3:
            till.change(sub, {"items": [{**item, "quantity": chance.randrange(1, 30)}]})
        case 4 | 5:
            till.fail_payment(sub["id"])
        case 6 | 7:
            till.pay(sub["id"])
        case 8 | 9:
            till.change(sub, {"items": [{**item, "price": prices[chance.choice(["month", "year"])]}]})
        case 10:
            till.change(sub, {"cancel_at_period_end": chance.choice(["true", "false"])})
        case _:
            till.end(sub)


def _posts(events: list[dict[str, Any]], times: int) -> list[Post]:
    """In no order; one in ten beside them is forged, altered on its way, or told ten minutes late."""
    posts, now = [], int(time.time())
    for number, event in enumerate(events):
        body = json.dumps(event).encode()
        posts += [("true", body, header_for(body, SECRET))] * times
        if number % 3 == 0:
            posts.append(_false(number, body, now))
    random.Random(7).shuffle(posts)
    return posts


def _false(number: int, body: bytes, now: int) -> Post:
    forged = body.replace(b'"evt_', b'"evt_forged_')
    return (
        ("forged", forged, header_for(forged, "whsec_of_somebody_else")),
        ("altered", forged, header_for(body, SECRET)),
        ("old", body, header_for(body, SECRET, at=now - 600)),
    )[number % 9 // 3]


def _measure(posts: list[Post], hands: int) -> None:
    worker, said = Worker({}), list[Said]()
    with _stage.webs(count=1, LOG_LEVEL="ERROR") as web:
        try:
            worker.ready()
            begun = time.monotonic()
            threads = [threading.Thread(target=_post, args=(web.port, posts[n::hands], said)) for n in range(hands)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            _told(said, time.monotonic() - begun)
            print(f"all dealt with {_until_done() - begun:.1f} s after the first post")
        finally:
            worker.end()


def _post(port: int, posts: list[Post], said: list[Said]) -> None:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    for kind, body, signature in posts:
        begun = time.perf_counter()
        line.request("POST", ADDRESS, body, {"Content-Type": "application/json", "Stripe-Signature": signature})
        answer = line.getresponse()
        answer.read()
        said.append((kind, answer.status, time.perf_counter() - begun))


def _told(said: list[Said], seconds: float) -> None:
    for kind in ("true", "forged", "altered", "old"):
        statuses = Counter(status for what, status, _ in said if what == kind)
        print(f"{kind}: {', '.join(f'{count:,} × {status}' for status, count in statuses.items())}")
    times = sorted(1000 * took for what, _, took in said if what == "true")
    p99 = times[int(len(times) * 0.99)]
    print(
        f"answers (ms): p50 {statistics.median(times):.1f}  p99 {p99:.1f}  max {times[-1]:.1f}; {len(said) / seconds:.0f} a second"
    )


def _until_done() -> float:
    until = time.monotonic() + PATIENCE
    while StripeEvent.objects.filter(done_at=None).exists():
        assert time.monotonic() < until, "events wait still"
        time.sleep(0.05)
    return time.monotonic()


def _judge(owners: dict[str, Actor], events: set[str], times: int) -> None:
    """Against Stripe itself; and that each event was stored once, however often it came."""
    wrong = [customer for customer, by in owners.items() if not _agrees(by, customer)]
    kept = list(StripeEvent.objects.filter(event__in=events).values_list("deliveries", "tries"))
    looks = sum(tries > 0 for _, tries in kept)
    told = sum(_recorded(by) for by in owners.values())
    print(
        f"events stored {len(kept)} of {len(events)}, deliveries {sum(count for count, _ in kept)} of {len(events) * times}, dealt with {looks}"
    )
    print(f"forged ones stored: {StripeEvent.objects.filter(event__startswith='evt_forged').count()}")
    print(
        f"workspaces that do not stand as Stripe says: {len(wrong)} of {len(owners)}; rows of the record about it: {told}"
    )
    assert not wrong and len(kept) == len(events)


def _agrees(by: Actor, customer: str) -> bool:
    row, facts = row_of(by.workspace.pk), look(customer).facts
    assert row is not None and facts is not None
    told = {name: value for name, value in asdict(facts).items() if name not in ("trial_end", "cancel_at_period_end")}
    return all(getattr(row, name) == value for name, value in told.items())


def _recorded(by: Actor) -> int:
    with tenancy.workspace(by.workspace.pk, atomic=True):
        return int(ActivityLog.objects.within(by.workspace).filter(event="billing:updated").count())


if __name__ == "__main__":
    main()
