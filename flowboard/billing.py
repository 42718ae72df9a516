"""Settings of plans and payment (billing/)."""

import environ

env = environ.Env()

STRIPE_SECRET_KEY = env("STRIPE_SECRET_KEY", default="")
STRIPE_WEBHOOK_SECRET = env("STRIPE_WEBHOOK_SECRET", default="")
STRIPE_API_HOST = env("STRIPE_API_HOST", default="https://api.stripe.com").rstrip("/")

# of every workspace that has none of its own (workspaces/plans.py)
PLAN = env.str("PLAN", default="free" if STRIPE_SECRET_KEY else "enterprise")
# in the API's document
BILLING_NAMES = {
    "BillingStatus": "billing.api.billing.STATUSES",
    "BillingInterval": "billing.api.billing.INTERVALS",
    "PlanLimit": "billing.api.billing.LIMITS",
}
PLANS_FRESH = 5.0  # seconds after which a process reads the plans again
