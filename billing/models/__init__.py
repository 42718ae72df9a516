"""Plans, what each workspace pays, and what Stripe has told."""

from .billing import Billing, Invoice
from .events import StripeEvent
from .plans import Plan

__all__ = ["Billing", "Invoice", "Plan", "StripeEvent"]
