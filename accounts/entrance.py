"""allauth's forms in our words: labels instead of placeholders, the rule of passwords in one line."""

from typing import Any

from allauth.account import forms
from allauth.account.adapter import get_adapter
from allauth.core import context
from allauth.mfa.base import forms as factors
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from allauth.socialaccount.forms import SignupForm as ElsewhereForm
from django.core.validators import MaxLengthValidator

from .models import User

LONGEST_EMAIL, LONGEST_PASSWORD, LONGEST_CODE, LONGEST_NAME = 254, 256, 32, 60
PASSWORDS = frozenset({"password", "oldpassword", "password1", "password2"})
PASSWORD_RULE = "At least eight characters, and not one that is tried first. Three or four unrelated words are good."
ONE_TIME = {"autocomplete": "one-time-code", "autocapitalize": "characters", "spellcheck": "false"}


class Plain:
    """Labels say it all; what is typed is never greyed words."""

    fields: dict[str, Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            if name in ("email", "login"):
                field.label = "E-mail"
                field.validators.append(MaxLengthValidator(LONGEST_EMAIL))
            if name in PASSWORDS:
                field.validators.append(MaxLengthValidator(LONGEST_PASSWORD))
            if name == "password1":
                field.help_text = PASSWORD_RULE


class Coded(Plain):
    """One field for a code."""

    label = "Code"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        code = self.fields["code"]
        code.label = self.label
        code.widget.attrs |= ONE_TIME | {"autofocus": True}
        code.validators.append(MaxLengthValidator(LONGEST_CODE))


class LoginForm(Plain, forms.LoginForm):
    """E-mail and password."""


class SignupForm(Plain, forms.SignupForm):
    """Name, e-mail, password."""


class SocialSignupForm(Plain, ElsewhereForm):
    """Name and e-mail, where the provider has not said them."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].initial = self.sociallogin.user.name


class ResetPasswordForm(Plain, forms.ResetPasswordForm):
    """The address to send the link to."""

    users: list[Any]

    def clean_email(self) -> str:
        """Where nobody has the address a link is made as well, and thrown away: the answer takes as long."""
        email: str = super().clean_email()  # type: ignore[misc]  (of the form that Plain is mixed into)
        if not self.users:
            get_adapter().get_reset_password_from_key_url(forms.default_token_generator.make_token(User()))
        return email


class ResetPasswordKeyForm(Plain, forms.ResetPasswordKeyForm):
    """The new password, twice."""


class ChangePasswordForm(Plain, forms.ChangePasswordForm):
    """The old one and the new, twice."""


class SetPasswordForm(Plain, forms.SetPasswordForm):
    """The first one, twice."""


class ReauthenticateForm(Plain, forms.ReauthenticateForm):
    """The password once more."""


class RequestLoginCodeForm(Plain, forms.RequestLoginCodeForm):
    """The address to send the code to."""


class ConfirmLoginCodeForm(Coded, forms.ConfirmLoginCodeForm):
    """The code out of the mail; its link brings it along."""

    label = "Code from the mail"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].initial = context.request.GET.get("code", "")[:LONGEST_CODE]


class FactorForm(Coded, factors.AuthenticateForm):
    """Six digits of the app, or a recovery code."""


class FactorAgainForm(Coded, factors.ReauthenticateForm):
    """The same, before a change."""


class ActivateTotpForm(Coded, ActivateTOTPForm):
    """The first code that the app shows."""

    label = "Code that the app shows"


class AddPasskeyForm(Plain, AddWebAuthnForm):
    """What to call it, and whether it signs in by itself."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name, alone = self.fields["name"], self.fields["passwordless"]
        name.label, name.help_text = "Name", "Where it lives: “Work laptop”, “Blue key”."
        _shorten(name)
        alone.label, alone.initial = "Sign in with it alone", True
        alone.help_text = (
            "No password then: the device asks for your finger, face or PIN. Without this it is a second step only."
        )


class EditPasskeyForm(Plain, EditWebAuthnForm):
    """Another name for it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = "Name"
        _shorten(self.fields["name"])


def _shorten(name: Any) -> None:
    """Refuse a longer name, and keep it from being typed."""
    name.validators.append(MaxLengthValidator(LONGEST_NAME))
    name.widget.attrs["maxlength"] = LONGEST_NAME
