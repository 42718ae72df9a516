"""A stand-in for Stripe that speaks HTTP: customers, prices, checkout and its hosted page, the customer portal,
subscriptions, proration, invoices, meters, and signed webhooks. `python -m billing.tests.stripe PORT` serves one.

What a clock or a bank does at Stripe is done here by `advance`, `fail_payment` and `pay`; what it holds, `objects`.
"""

import hashlib
import hmac
import itertools
import json
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from urllib.request import Request, urlopen

Row = dict[str, Any]
VERSION, SECRET, KEY = "2026-05-27.dahlia", "whsec_" + "s" * 24, "sk_test_" + "k" * 24
DAY = 86_400
LENGTH = {"month": 30 * DAY, "year": 365 * DAY}
PREFIX = {
    "customer": "cus", "product": "prod", "price": "price", "subscription": "sub", "subscription_item": "si", "invoice": "in",
    "coupon": "co", "discount": "di", "checkout.session": "cs_test", "billing_portal.session": "bps", "event": "evt",
}  # fmt: skip
LIVE = ("trialing", "active", "past_due", "unpaid", "incomplete")


class Fault(Exception):
    """An error as Stripe words it."""

    def __init__(self, status: int, message: str, **more: Any) -> None:
        super().__init__(message)
        self.status, self.body = status, {"error": {"type": "invalid_request_error", "message": message, **more}}


def header_for(body: bytes, secret: str, *, at: int | None = None) -> str:
    """As Stripe signs."""
    at = int(time.time()) if at is None else at
    return f"t={at},v1={hmac.new(secret.encode(), b'%d.%s' % (at, body), hashlib.sha256).hexdigest()}"


def missing(what: str, key: str, param: str = "id") -> Fault:
    return Fault(404 if param == "id" else 400, f"No such {what}: '{key}'", code="resource_missing", param=param)


def unfolded(pairs: list[tuple[str, str]]) -> Row:
    """a[b][0][c]=v as dictionaries and lists."""
    found: Row = {}
    for name, value in pairs:
        path = name.replace("]", "").split("[")
        at = found
        for step in path[:-1]:
            at = at.setdefault(step, {})
        at[path[-1]] = value
    return _listed(found)


def _listed(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    value = {name: _listed(one) for name, one in value.items()}
    numbered = value and all(name.isdecimal() or name == "" for name in value)
    return [value[name] for name in sorted(value, key=lambda name: int(name or 0))] if numbered else value


def true(value: Any) -> bool:
    return str(value).lower() in ("true", "1")


class Stripe(ThreadingHTTPServer):
    """`hook`: where its webhooks go at once; without one they wait in `events`. `broken`: every answer is 500, or none comes."""

    daemon_threads = True

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), Answers)
        self.objects: dict[str, Row] = {}
        self.events: list[Row] = []
        self.meters: list[Row] = []
        self.asked: list[str] = []
        self.hook = ""
        self.broken = False
        self.declines = False
        self.now: Callable[[], int] = lambda: int(time.time())
        self.lock = threading.RLock()
        self._numbers = itertools.count(1)
        self._kept: dict[str, tuple[str, Row | Fault]] = {}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    # what it holds

    def new(self, kind: str, **fields: Any) -> Row:
        pk = f"{PREFIX[kind]}_{next(self._numbers):08d}"
        row = {"id": pk, "object": kind, "created": self.now(), "livemode": False, "metadata": {}, **fields}
        self.objects[pk] = row
        return row

    def get(self, kind: str, pk: Any, param: str = "id") -> Row:
        row = self.objects.get(str(pk))
        if row is None or row["object"] != kind:
            raise missing(kind, str(pk), param)
        return row

    def of(self, kind: str, **fields: Any) -> list[Row]:
        """Newest first, as its lists are."""
        rows = [row for row in self.objects.values() if row["object"] == kind]
        return [row for row in reversed(rows) if all(row.get(name) == value for name, value in fields.items())]

    def price(self, plan: str, interval: str, cents: int, *, metered: bool = False) -> str:
        """A price of a plan; its id."""
        recurring = {"interval": interval, "interval_count": 1, "usage_type": "metered" if metered else "licensed"}
        product = self.new("product", name=plan, active=True)["id"]
        made = self.new("price", product=product, unit_amount=cents, currency="usd", active=True, recurring=recurring,
                        type="recurring", billing_scheme="per_unit", lookup_key=None, nickname=None)  # fmt: skip
        made["metadata"] = {"plan": plan}
        return str(made["id"])

    def tell(self, kind: str, row: Row) -> Row:
        event = self.new(
            "event", type=kind, api_version=VERSION, request={"id": None, "idempotency_key": None}, pending_webhooks=1,
            data={"object": json.loads(json.dumps(row))},
        )  # fmt: skip
        self.events.append(event)
        if self.hook:
            threading.Thread(target=self.deliver, args=(event,), daemon=True).start()
        return event

    def deliver(self, event: Row) -> int:
        body = json.dumps(event).encode()
        headers = {"Content-Type": "application/json", "Stripe-Signature": header_for(body, SECRET)}
        for wait in (0.2, 0.5, 1):
            try:
                with urlopen(Request(self.hook, body, headers), timeout=20) as answer:
                    return int(answer.status)
            except OSError:
                time.sleep(wait)
        return 0

    # what time and banks do

    def subscription(self, customer: str) -> Row:
        return next(row for row in self.of("subscription", customer=customer) if row["status"] in LIVE)

    def advance(self, pk: str) -> Row:
        """To the end of the period: the next one is paid, or it ends."""
        sub = self.get("subscription", pk)
        if sub["cancel_at_period_end"]:
            return self.end(sub)
        for item in sub["items"]["data"]:
            item["current_period_start"] = item["current_period_end"]
            item["current_period_end"] += LENGTH[item["price"]["recurring"]["interval"]]
        sub["status"] = "past_due" if self.declines else "active"
        self.bill(sub, self._sum(sub), "subscription_cycle", paid=not self.declines)
        self.tell("customer.subscription.updated", sub)
        return sub

    def fail_payment(self, pk: str) -> Row:
        """The next payment is declined."""
        self.declines = True
        return self.advance(pk)

    def pay(self, pk: str) -> Row:
        """What is open is paid at last."""
        self.declines = False
        sub = self.get("subscription", pk)
        invoice = self.get("invoice", sub["latest_invoice"])
        invoice |= {"status": "paid", "amount_paid": invoice["total"], "amount_remaining": 0}
        invoice["status_transitions"]["paid_at"] = self.now()
        self.tell("invoice.paid", invoice)
        sub["status"] = "active"
        self.tell("customer.subscription.updated", sub)
        return sub

    def give(self, sub: Row, **coupon: Any) -> None:
        """A coupon on a subscription: `percent_off` or `amount_off`, and `duration`."""
        row = self.new(
            "coupon", **{"percent_off": None, "amount_off": None, "currency": "usd", "duration": "forever"} | coupon
        )
        discount = self.new(
            "discount",
            subscription=sub["id"],
            start=self.now(),
            end=None,
            source={"type": "coupon", "coupon": row["id"]},
        )
        sub["discounts"].append(discount["id"])

    def end(self, sub: Row) -> Row:
        sub |= {"status": "canceled", "canceled_at": self.now(), "ended_at": self.now(), "cancel_at_period_end": False}
        self.tell("customer.subscription.deleted", sub)
        return sub

    # what its pages and its API do

    def begin(self, session: Row, card: str = "ok") -> str:
        """Somebody pays on the hosted page; where they are sent next."""
        if card != "ok":
            return str(session["url"]) + "?declined=1"
        if session["status"] == "open":
            self._complete(session)
        return str(session["success_url"]).replace("{CHECKOUT_SESSION_ID}", session["id"])

    def _complete(self, session: Row) -> None:
        wanted = session["_subscription"]
        sub = self.subscribe(
            session["customer"], session["_items"], wanted.get("metadata", {}), wanted.get("trial_end")
        )
        session |= {"status": "complete", "payment_status": "paid", "subscription": sub["id"]}
        self.tell("checkout.session.completed", shown(session))

    def subscribe(self, customer: str, items: list[Row], metadata: Row, trial_end: Any = None) -> Row:
        now, until = self.now(), int(trial_end) if trial_end else None
        sub = self.new(
            "subscription", customer=customer, status="trialing" if until else "active", cancel_at_period_end=False, cancel_at=None,
            canceled_at=None, ended_at=None, start_date=now, trial_end=until, trial_start=now if until else None, latest_invoice=None,
            collection_method="charge_automatically", currency="usd", billing_cycle_anchor=now, default_payment_method=None, discounts=[],
            automatic_tax={"enabled": False}, schedule=None, pending_setup_intent=None, pending_update=None, default_tax_rates=[],
            billing_mode={"type": "flexible"}, items={"object": "list", "data": [], "has_more": False, "url": "/v1/subscription_items"},
        )  # fmt: skip
        sub["metadata"] = metadata
        for item in items:
            self._item(sub, item, now, until)
        self.tell("customer.subscription.created", sub)
        self.bill(sub, 0 if until else self._sum(sub), "subscription_create")
        return sub

    def _item(self, sub: Row, wanted: Row, start: int, end: int | None = None) -> None:
        price = self.get("price", wanted["price"], "items[0][price]")
        length = LENGTH[price["recurring"]["interval"]]
        metered = price["recurring"]["usage_type"] == "metered"
        count = {} if metered else {"quantity": int(wanted.get("quantity", 1))}
        row = self.new("subscription_item", subscription=sub["id"], price=price, current_period_start=start,
                       current_period_end=end or start + length, discounts=[], tax_rates=[], **count)  # fmt: skip
        row["plan"] = {"id": price["id"], "object": "plan", "product": price["product"]}
        sub["items"]["data"].append(row)

    def bill(self, sub: Row, cents: int, reason: str, *, paid: bool = True) -> Row:
        number = f"FB-{len(self.of('invoice')) + 1:04d}"
        invoice = self.new(
            "invoice", customer=sub["customer"], number=number, status="paid" if paid else "open", billing_reason=reason, currency="usd",
            total=cents, subtotal=cents, amount_due=cents, amount_paid=cents if paid else 0, amount_remaining=0 if paid else cents,
            attempt_count=1, attempted=True, auto_advance=True, collection_method="charge_automatically", discounts=[], default_tax_rates=[],
            hosted_invoice_url=f"{self.url}/invoice/{number}", invoice_pdf=f"{self.url}/invoice/{number}/pdf",
            period_start=sub["start_date"], period_end=sub["start_date"], status_transitions={"finalized_at": self.now(), "paid_at": self.now() if paid else None},
            lines={"object": "list", "data": [], "has_more": False, "url": "/v1/invoices/lines"},
            parent={"type": "subscription_details", "subscription_details": {"subscription": sub["id"], "metadata": {}}},
        )  # fmt: skip
        sub["latest_invoice"] = invoice["id"]
        self.tell("invoice.paid" if paid else "invoice.payment_failed", invoice)
        return invoice

    def change(self, sub: Row, wanted: Row) -> Row:
        if sub["status"] == "canceled":
            raise missing("subscription", sub["id"])
        charge = self.prorated(sub, wanted.get("items", [])) if wanted.get("items") else []
        due = sum(line["amount"] for line in charge)
        at_once = wanted.get("proration_behavior") == "always_invoice" and due > 0
        if at_once and self.declines:
            raise Fault(402, "Your card was declined.", type="card_error", code="card_declined", param="")
        for item in wanted.get("items", []):
            self._change_item(sub, item)
        if "cancel_at_period_end" in wanted:
            sub["cancel_at_period_end"] = true(wanted["cancel_at_period_end"])
        if at_once:
            self.bill(sub, due, "subscription_update")
        self.tell("customer.subscription.updated", sub)
        return sub

    def _change_item(self, sub: Row, wanted: Row) -> None:
        items = sub["items"]["data"]
        item = next((one for one in items if one["id"] == wanted.get("id")), None)
        if item is None:
            self._item(sub, wanted, items[0]["current_period_start"], items[0]["current_period_end"])
        elif true(wanted.get("deleted")):
            items.remove(item)
        else:
            if "price" in wanted and wanted["price"] != item["price"]["id"]:
                price = self.get("price", wanted["price"], "items[0][price]")
                if price["recurring"]["interval"] != item["price"]["recurring"]["interval"]:
                    item["current_period_start"] = self.now()
                    item["current_period_end"] = self.now() + LENGTH[price["recurring"]["interval"]]
                item["price"] = price
            item["quantity"] = int(wanted.get("quantity", item["quantity"]))

    def prorated(self, sub: Row, wanted: list[Row]) -> list[Row]:
        """What is given back for the rest of the period, and what it costs now."""
        lines = []
        for change in wanted:
            item = next((one for one in sub["items"]["data"] if one["id"] == change.get("id")), None)
            if item is None or "quantity" not in item or sub["status"] == "trialing":
                continue
            price = self.get("price", change.get("price", item["price"]["id"]), "items[0][price]")
            count = int(change.get("quantity", item["quantity"]))
            left = (item["current_period_end"] - self.now()) / LENGTH[item["price"]["recurring"]["interval"]]
            same = price["recurring"]["interval"] == item["price"]["recurring"]["interval"]
            back = round(item["price"]["unit_amount"] * item["quantity"] * min(left, 1))
            lines.append(
                {"amount": -back, "description": "Unused time", "quantity": item["quantity"], "proration": True}
            )
            cost = round(price["unit_amount"] * count * (min(left, 1) if same else 1))
            lines.append({"amount": cost, "description": f"{count} seats", "quantity": count, "proration": same})
        return lines

    @staticmethod
    def _sum(sub: Row) -> int:
        return sum(one["price"]["unit_amount"] * one.get("quantity", 0) for one in sub["items"]["data"])

    def once(self, key: str, said: str, do: Callable[[], Row]) -> Row:
        """The same answer to the same key, a refusal too; another request under it is refused."""
        if not key:
            return do()
        if key in self._kept:
            before, answer = self._kept[key]
            if before != said:
                raise Fault(
                    400,
                    "Keys for idempotent requests can only be used with the same parameters.",
                    type="idempotency_error",
                )
            if isinstance(answer, Fault):
                raise answer
            return answer
        try:
            answer = do()
        except Fault as fault:
            self._kept[key] = (said, fault)
            raise
        self._kept[key] = (said, json.loads(json.dumps(answer)))
        return answer


def shown(row: Row) -> Row:
    """Without what is ours alone."""
    return {name: value for name, value in row.items() if not name.startswith("_")}


class Answers(BaseHTTPRequestHandler):
    """The addresses below /v1/, and the hosted pages."""

    server: Stripe
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: Any) -> None:
        pass

    def do_GET(self) -> None:
        self._answer(dict(parse_qsl(urlsplit(self.path).query)))

    def do_POST(self) -> None:
        self._answer(None)

    do_DELETE = do_POST

    def _answer(self, query: Row | None) -> None:
        said = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        path = urlsplit(self.path).path.strip("/").split("/")
        data = unfolded(parse_qsl(urlsplit(self.path).query if query is not None else said, keep_blank_values=True))
        if self.server.broken:
            return self._say(500, {"error": {"type": "api_error", "message": "broken"}})
        try:
            with self.server.lock:
                if path[0] in HOSTED:
                    return HOSTED[path[0]](self, path[1], data)
                if path[0] == "_":
                    return self._say(200, shown(getattr(self.server, path[1])(path[2])))
                if not self.headers.get("Authorization", "").startswith("Bearer sk_"):
                    raise Fault(401, "No API key.")
                self.server.asked.append(f"{self.command} {'/'.join(path[1:])}")
                key = self.headers.get("Idempotency-Key", "") if self.command == "POST" else ""
                given = key if not key.startswith("stripe-python-retry") else ""
                self._say(200, shown(self.server.once(given, f"{self.path} {said}", lambda: self._do(path[1:], data))))
        except Fault as fault:
            self._say(fault.status, fault.body)

    def _do(self, path: list[str], data: Row) -> Row:
        up = self.server
        match (self.command, *path):
            case "POST", "customers":
                made = up.new("customer", name=data.get("name"), email=data.get("email"), delinquent=False, balance=0, currency=None,
                              default_source=None, discount=None, invoice_settings={"default_payment_method": None})  # fmt: skip
                made["metadata"] = data.get("metadata", {})
                up.tell("customer.created", made)
                return made
            case "DELETE", "customers", pk:
                up.get("customer", pk)
                for sub in up.of("subscription", customer=pk):
                    if sub["status"] != "canceled":
                        up.end(sub)
                up.tell("customer.deleted", up.objects.pop(pk))
                return {"id": pk, "object": "customer", "deleted": True}
            case "POST", "checkout", "sessions":
                return self._session(data)
            case "POST", "checkout", "sessions", pk, "expire":
                session = up.get("checkout.session", pk)
                if session["status"] != "open":
                    raise Fault(400, 'Only Checkout Sessions with a status in ["open"] can be expired.')
                session["status"] = "expired"
                return session
            case "POST", "billing_portal", "sessions":
                up.get("customer", data["customer"], "customer")
                made = up.new("billing_portal.session", customer=data["customer"], return_url=data["return_url"])
                made["url"] = f"{up.url}/portal/{made['id']}"
                return made
            case "POST", "subscriptions", pk:
                return up.change(up.get("subscription", pk), data)
            case "DELETE", "subscriptions", pk:
                return up.end(up.get("subscription", pk))
            case "POST", "invoices", "create_preview":
                sub = up.get("subscription", data["subscription"], "subscription")
                lines = up.prorated(sub, data["subscription_details"]["items"])
                total = sum(line["amount"] for line in lines)
                return {"object": "invoice", "total": total, "subtotal": total, "amount_due": max(total, 0), "currency": "usd",
                        "lines": {"object": "list", "data": lines, "has_more": False}}  # fmt: skip
            case "POST", "billing", "meter_events":
                at = int(data.get("timestamp", up.now()))
                if not up.now() - 35 * DAY <= at <= up.now() + 300:
                    raise Fault(400, "The timestamp must be within the past 35 days or up to 5 minutes in the future.")
                if any(one["identifier"] == data["identifier"] for one in up.meters):
                    raise Fault(400, f"An event already exists with identifier {data['identifier']}.")
                up.meters.append(data)
                return {"object": "billing.meter_event", "created": up.now(), **data}
            case "POST", "products":
                made = up.new("product", name=data["name"], active=True)
                made["metadata"] = data.get("metadata", {})
                return made
            case "POST", "prices":
                return self._priced(data)
            case "GET", "checkout", "sessions", pk:
                return up.get("checkout.session", pk)
            case "GET", ("customers" | "subscriptions" | "invoices" | "prices" | "products" | "events") as kind, *one:
                return self._look(kind.removesuffix("s"), one, data)
        raise Fault(404, f"Unrecognized request URL ({self.command}: /{'/'.join(path)}).")

    def _priced(self, data: Row) -> Row:
        recurring = {"interval_count": 1, "usage_type": "licensed", **data["recurring"]}
        made = self.server.new(
            "price", product=data["product"], unit_amount=int(data.get("unit_amount", 0)), unit_amount_decimal=data.get("unit_amount_decimal"),
            currency=data["currency"], active=True, recurring=recurring, type="recurring", billing_scheme="per_unit", lookup_key=None, nickname=None,
        )  # fmt: skip
        made["metadata"] = data.get("metadata", {})
        return made

    def _session(self, data: Row) -> Row:
        up = self.server
        up.get("customer", data["customer"], "customer")
        for item in data["line_items"]:
            if not up.get("price", item["price"], "line_items[0][price]")["active"]:
                raise Fault(
                    400, "The price specified is inactive.", param="line_items[0][price]", code="resource_missing"
                )
        made = up.new(
            "checkout.session", mode=data["mode"], customer=data["customer"], status="open", payment_status="unpaid", subscription=None,
            success_url=data["success_url"], cancel_url=data["cancel_url"], _items=data["line_items"], _asked=data,
            _subscription=data.get("subscription_data", {}),
        )  # fmt: skip
        made["url"] = f"{up.url}/pay/{made['id']}"
        return made

    def _look(self, kind: str, one: list[str], data: Row) -> Row:
        up = self.server
        if one:
            return self._expanded(up.get(kind, one[0]), data.get("expand", []))
        wanted = {name: data[name] for name in ("customer", "subscription") if name in data}
        rows = up.of(kind, **wanted)
        if kind == "subscription" and data.get("status") != "all":
            rows = [row for row in rows if row["status"] != "canceled"]
        if "starting_after" in data:
            rows = rows[1 + next(n for n, row in enumerate(rows) if row["id"] == data["starting_after"]) :]
        limit = int(data.get("limit", 10))
        expand = [name.removeprefix("data.") for name in data.get("expand", [])]
        page = [self._expanded(row, expand) for row in rows[:limit]]
        return {"object": "list", "data": page, "has_more": len(rows) > limit, "url": f"/v1/{kind}s"}

    def _expanded(self, row: Row, names: list[str]) -> Row:
        more = {name: self.server.objects.get(row[name]) for name in names if "." not in name and row.get(name)}
        if "discounts.source.coupon" in names:
            more["discounts"] = [self._discount(pk) for pk in row["discounts"]]
        return shown(row) | more

    def _discount(self, pk: str) -> Row:
        found = self.server.objects[pk]
        return found | {"source": found["source"] | {"coupon": self.server.objects[found["source"]["coupon"]]}}

    def _pay_page(self, pk: str, data: Row) -> None:
        session = self.server.get("checkout.session", pk)
        if self.command == "POST":
            return self._go(self.server.begin(session, data.get("card", "ok")))
        words = "<p role=alert>Your card was declined.</p>" if "declined" in self.path else ""
        self._page(
            "Checkout",
            f"""{words}<form method=post><button>Pay</button></form>
            <form method=post><button name=card value=bad>Pay with a bad card</button></form><a href="{session["cancel_url"]}">Back</a>""",
        )

    def _portal_page(self, pk: str, data: Row) -> None:
        portal = self.server.get("billing_portal.session", pk)
        if self.command == "POST":
            sub = self.server.subscription(portal["customer"])
            if data.get("do") == "pay":
                self.server.pay(sub["id"])
            else:
                self.server.change(sub, {"cancel_at_period_end": data.get("do") == "cancel"})
            return self._go(portal["return_url"])
        buttons = "".join(f"<button name=do value={do}>{do}</button>" for do in ("pay", "cancel", "resume"))
        self._page("Customer portal", f'<form method=post>{buttons}</form><a href="{portal["return_url"]}">Back</a>')

    def _page(self, title: str, body: str) -> None:
        page = f"<!doctype html><html lang=en><title>{title}</title><link rel=icon href=data:,><main><h1>{title}</h1>{body}</main>"
        self._say(200, page, "text/html")

    def _go(self, to: str) -> None:
        self._say(303, "", "text/html", Location=to)

    def _say(self, status: int, what: Any, kind: str = "application/json", **headers: str) -> None:
        body = what.encode() if isinstance(what, str) else json.dumps(what).encode()
        self.send_response(status)
        for name, value in {
            "Content-Type": kind,
            "Content-Length": str(len(body)),
            "Request-Id": "req_1",
            **headers,
        }.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


HOSTED: dict[str, Callable[[Answers, str, Row], None]] = {"pay": Answers._pay_page, "portal": Answers._portal_page}


@contextmanager
def stripe(port: int = 0) -> Iterator[Stripe]:
    """Up for the length of a block."""
    up = Stripe(port)
    thread = threading.Thread(target=up.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield up
    finally:
        up.shutdown()
        up.server_close()


if __name__ == "__main__":
    with stripe(int(sys.argv[1])) as served:
        served.hook = sys.argv[2] if len(sys.argv) > 2 else ""
        print(f"{served.url} {KEY} {SECRET}", flush=True)
        print(
            json.dumps({each: served.price("pro", each, cents) for each, cents in (("month", 900), ("year", 9000))}),
            flush=True,
        )
        threading.Event().wait()
