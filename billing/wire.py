"""Stripe on the wire: one client, short patience, plain dictionaries, errors in our words.

The SDK is imported when it is first needed: without a key no process ever does.
"""

import logging
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

from django.conf import settings

from .errors import Away, Declined, Moved, NotSold, Silent

log = logging.getLogger(__name__)
PATIENCE = 8  # seconds for one try
AGAIN = 1
AWAY = "The payment service does not answer. Nothing was changed and nothing was charged; please try again in a moment."
Call = Callable[[Any], Any]


def ready() -> bool:
    """Whether plans are sold here."""
    return bool(settings.STRIPE_SECRET_KEY)


def must_be_ready() -> None:
    """Raises NotSold where the operator alone chooses plans."""
    if not ready():
        raise NotSold("Nothing is sold on this server: its operator chooses the plan.")


def ask(call: Call, *, known: str = "") -> dict[str, Any]:
    """`ask(lambda stripe: stripe.customers.retrieve("cus_1"))`: the answer as a dictionary. Raises what errors.py names.

    `known` are words of a refusal that says it was done before, which is no fault.
    """
    must_be_ready()
    from stripe import StripeError

    try:
        return call(_client(settings.STRIPE_SECRET_KEY, settings.STRIPE_API_HOST).v1).to_dict()  # type: ignore[no-any-return]
    except StripeError as error:
        if known and known in str(error):
            return {}
        raise _translated(error) from error


def all_of(call: Callable[[Any, dict[str, Any]], Any], **params: Any) -> Iterator[dict[str, Any]]:
    """Every row of a list, page by page."""
    after: dict[str, Any] = {}
    while True:
        page = ask(lambda stripe: call(stripe, {"limit": 100, **params, **after}))  # noqa: B023  (called at once)
        yield from page["data"]
        if not page["has_more"]:
            return
        after = {"starting_after": page["data"][-1]["id"]}


@lru_cache(maxsize=4)
def _client(key: str, host: str) -> Any:
    import stripe

    return stripe.StripeClient(
        key, base_addresses={"api": host}, max_network_retries=AGAIN, http_client=stripe.RequestsClient(timeout=PATIENCE)
    )  # fmt: skip


def _translated(error: Any) -> Exception:
    """The SDK's errors by name; what is nobody's fault but ours or the operator's is logged."""
    import stripe

    if isinstance(error, stripe.CardError):
        return Declined(
            f"The card was declined: {error.user_message or 'its bank gave no reason'} Nothing was changed. "
            "Another card can be set under “Payment and invoices”."
        )
    if isinstance(error, stripe.IdempotencyError):
        return Moved("Another owner is changing the plan at this moment. Look at the page again before you go on.")
    log.error("Stripe: %s %s", type(error).__name__, getattr(error, "code", "") or error)
    if isinstance(error, stripe.InvalidRequestError) and error.code == "resource_missing":
        what = "price" if "price" in (error.param or "") + str(error.user_message).lower() else "entry"
        return NotSold(
            f"This cannot be bought right now: the payment service does not know its {what} any more. "
            "Nothing was changed. The operator of this server has to set it up again."
        )
    if isinstance(error, stripe.InvalidRequestError | stripe.AuthenticationError | stripe.PermissionError):
        return Away("The payment service refused the request. Nothing was changed; the operator of this server finds the reason in the log.")  # fmt: skip
    return Silent(AWAY) if isinstance(error, stripe.APIConnectionError) else Away(AWAY)
