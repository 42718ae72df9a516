"""Addresses of billing's pages."""

from django.urls import path

from .views import billing, pricing

W = "w/<slug:workspace>/billing/"

urlpatterns = [
    path("pricing/", pricing.pricing, name="pricing"),
    path(W, billing.billing, name="billing"),
]
