"""Signing in with an account elsewhere: which providers there are, what is believed of them, what happens when they fail."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialLogin
from allauth.socialaccount.providers.base import Provider
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.forms import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from requests import RequestException

from .models import User

View = Callable[..., HttpResponse]
LONGEST_NAME = User._meta.get_field("name").max_length


def providers(request: HttpRequest) -> list[Provider]:
    """The configured ones, for the buttons."""
    return SocialAdapter(request).list_providers(request)


class SocialAdapter(DefaultSocialAccountAdapter):
    """Believes an address only when the provider says, as a boolean, that it has verified it."""

    error_messages = DefaultSocialAccountAdapter.error_messages | {
        "email_taken": "There is an account with this address. Sign in to it first, then connect %s on its security page.",
        "no_password": "Without it you could not sign in any more: choose a password first.",
        "no_verified_email": "Without it you could not sign in any more: confirm your address first.",
        "connected_other": "It is connected to another FlowBoard account.",
    }

    def list_apps(self, request: HttpRequest, **only: Any) -> list[SocialApp]:
        """None are read where none are configured."""
        return super().list_apps(request, **only) if settings.SOCIALACCOUNT_PROVIDERS else []

    def get_app(self, request: HttpRequest, provider: str, client_id: str | None = None) -> SocialApp:
        """A provider that is not configured does not exist."""
        try:
            return super().get_app(request, provider, client_id=client_id)
        except SocialApp.DoesNotExist as error:
            raise Http404 from error

    def authenticate_by_email(self, sociallogin: SocialLogin) -> tuple[User, str] | None:
        """Also `"false"`, which is true to Python, is no verification: somebody else's account would open to it."""
        for address in sociallogin.email_addresses:
            address.verified = address.verified is True
        return super().authenticate_by_email(sociallogin)

    def populate_user(self, request: HttpRequest, sociallogin: SocialLogin, data: dict[str, Any]) -> User:
        user: User = super().populate_user(request, sociallogin, data)
        parts = (data.get("first_name"), data.get("last_name"))
        named = data.get("name") or " ".join(str(part) for part in parts if part) or data.get("username")
        user.name = " ".join(str(named or user.email.partition("@")[0]).replace("\0", "").split())[:LONGEST_NAME]
        return user

    def get_connect_redirect_url(self, request: HttpRequest, socialaccount: SocialAccount) -> str:
        return reverse("own_security")

    def validate_disconnect(self, account: SocialAccount, accounts: Any) -> None:
        """allauth asks for a password where it is the last one; an address that codes can go to is a way in as well."""


def there(view: View) -> View:
    """404 while no provider is configured."""

    @wraps(view)
    def run(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not settings.SOCIALACCOUNT_PROVIDERS:
            raise Http404
        return view(request, *args, **kwargs)

    return run


def leaving(view: View) -> View:
    """Off to the provider by a page of our own: a form that ends on another site is against the Content-Security-Policy."""

    @wraps(view)
    def run(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            response = view(request, *args, **kwargs)
        except (RequestException, ValueError, KeyError) as error:
            return failed(request, error)
        to = response.get("Location", "")
        if not urlsplit(to).netloc:
            return response
        return render(request, "socialaccount/login_redirect.html", {"redirect_to": to, "host": urlsplit(to).netloc})

    return there(run)


def entering(view: View) -> View:
    """Back from the provider, whose answers may be anything."""

    @wraps(view)
    def run(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except ImmediateHttpResponse as answer:
            return answer.response
        except (RequestException, ValidationError, ImproperlyConfigured, ValueError, KeyError, TypeError) as error:
            return failed(request, error)

    return there(run)


def failed(request: HttpRequest, error: Exception) -> HttpResponse:
    """Says whose fault it is, and offers the other ways in."""
    away = isinstance(error, RequestException)
    return render(request, "socialaccount/authentication_error.html", {"away": away}, status=503 if away else 401)
