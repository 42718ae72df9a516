"""Addresses of billing for programs."""

from django.urls import path

from .api.billing import BillingOf, Cancellation, Change, Checkout, Overage, Portal, Trial

BASE = "api/v1/workspaces/<slug:workspace>/billing/"

urlpatterns = [
    path(BASE, BillingOf.as_view()),
    path(f"{BASE}trial/", Trial.as_view()),
    path(f"{BASE}checkout/", Checkout.as_view()),
    path(f"{BASE}portal/", Portal.as_view()),
    path(f"{BASE}change/", Change.as_view()),
    path(f"{BASE}cancellation/", Cancellation.as_view()),
    path(f"{BASE}overage/", Overage.as_view()),
]
