"""Addresses of pages about oneself; those of sign-in are allauth's, below /accounts/."""

from django.urls import path, re_path

from . import jwt_views, push_views, security, views

urlpatterns = [
    path(".well-known/jwks.json", jwt_views.jwks, name="jwks"),
    path("profile/", views.profile, name="profile"),
    path("profile/security/", security.security, name="own_security"),
    path("profile/sessions/", security.own_sessions, name="own_sessions"),
    path("profile/push/", push_views.push, name="own_push"),
    path("sw.js", push_views.worker, name="service_worker"),
    re_path(r"^avatars/(?P<name>[0-9a-f]{32}\.webp)$", views.avatar, name="avatar"),
]
