"""How allauth makes our people, and what it says to them."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.core.mail import EmailMessage
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from . import actions, guesses
from .addresses import client_address
from .mails import about_template
from .models import User

WAYS = {  # how allauth names a way to prove oneself once more → our words for its button
    "reauthenticate": "Use your password", "mfa_reauthenticate": "Use an app or recovery code",
    "mfa_reauthenticate:webauthn": "Use a passkey",
}  # fmt: skip


class AccountAdapter(DefaultAccountAdapter):
    """Our words and addresses; programs of a workspace do not sign in."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": "This account is switched off.",
        "email_password_mismatch": "The address or the password is not correct.",
        "enter_current_password": "That is not your current password.",
        "incorrect_code": "That is not the code. Look at the newest mail.",
        "incorrect_password": "That is not your password.",
        "rate_limited": "Too many tries in a short time. Wait a few minutes.",
        "too_many_login_attempts": "Too many tries. Wait a few minutes, or choose another way to sign in.",
    }

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address(request)

    def pre_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse | None:
        if user.is_program or user.erased_at:
            return self.respond_user_inactive(request, user)
        return super().pre_login(request, user, **kwargs)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """allauth counts in the cache, and one stranger's guesses would lock a person out: accounts/guesses.py counts."""

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        guess = guesses.take(request, credentials.get("email") or "")
        user = super().authenticate(request, **credentials)
        if user:
            guesses.give_back(guess)
        return user

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Also for an address that nobody has: whoever reads the record sees what was tried."""
        actions.note_sign_in(request, "failed", email=credentials.get("email") or "", method="password")

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("own_security")

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        return [way | {"description": WAYS[way["id"]]} for way in super().get_reauthentication_methods(user)]

    def render_mail(
        self,
        template_prefix: str,
        email: str | list[str],
        context: dict[str, Any],
        headers: dict[str, str] | None = None,
    ) -> EmailMessage:
        mail: EmailMessage = super().render_mail(template_prefix, email, context, headers)
        mail.about = about_template(template_prefix)  # type: ignore[attr-defined]
        return mail

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """A code comes with a link that brings it along."""
        if (code := context.get("code")) and (request := context.get("request")):
            link = request.build_absolute_uri(f"{reverse('account_confirm_login_code')}?code={code}")
            context = context | {"link": link}
        super().send_mail(template_prefix, email, context)
