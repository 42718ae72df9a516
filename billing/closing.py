"""The end of a customer at Stripe, when their workspace is removed for good."""

from uuid import UUID

from . import wire
from .models import Billing


def close_customer(workspace_id: UUID) -> None:
    """Name, address and cards go there too, and a subscription that still runs ends at once; bills and payments stay, for the books.

    Raises Refused while Stripe does not answer. Twice is once.
    """
    row = Billing._base_manager.using("ops").filter(workspace_id=workspace_id).exclude(customer="").first()
    if row is not None and wire.ready():
        wire.ask(lambda stripe: stripe.customers.delete(row.customer), known="No such customer")
