"""Addresses of what the operator tells everybody."""

from django.urls import path

from .announcing import put_away

urlpatterns = [path("announcements/<uuid:announcement>/away/", put_away, name="announcement_away")]
