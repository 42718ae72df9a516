"""Addresses of pages about oneself; those of sign-in are allauth's, below /accounts/."""

from django.urls import path, re_path

from . import views

urlpatterns = [
    path("profile/", views.profile, name="profile"),
    re_path(r"^avatars/(?P<name>[0-9a-f]{32}\.webp)$", views.avatar, name="avatar"),
]
