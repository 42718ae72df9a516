"""Plans, what each workspace pays, and what Stripe has told."""

from .billing import Billing, Invoice
from .events import StripeEvent
from .notices import BillingNotice
from .plans import Plan
from .revenue import RevenueDay
from .usage import MeterEvent, UsageDay

__all__ = ["Billing", "BillingNotice", "Invoice", "MeterEvent", "Plan", "RevenueDay", "StripeEvent", "UsageDay"]
