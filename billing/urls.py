"""Addresses of billing's pages, and where Stripe tells us things."""

from django.urls import path

from .views import billing, doing, pricing, webhook

W = "w/<slug:workspace>/billing/"

urlpatterns = [
    path("pricing/", pricing.pricing, name="pricing"),
    path("stripe/webhook/", webhook.webhook, name="stripe_webhook"),
    path(W, billing.billing, name="billing"),
    path(f"{W}usage/", billing.usage, name="billing_usage"),
    path(f"{W}trial/", doing.trial, name="billing_trial"),
    path(f"{W}checkout/", doing.checkout, name="billing_checkout"),
    path(f"{W}portal/", doing.portal, name="billing_portal"),
    path(f"{W}returned/", doing.returned, name="billing_returned"),
    path(f"{W}change/", doing.change, name="billing_change"),
    path(f"{W}cancellation/", doing.cancellation, name="billing_cancellation"),
    path(f"{W}overage/", doing.overage, name="billing_overage"),
]
