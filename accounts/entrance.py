"""allauth's forms in our words: labels instead of placeholders, the rule of passwords in one line."""

from typing import Any

from allauth.account import forms
from django.core.validators import MaxLengthValidator

LONGEST_EMAIL = 254
PASSWORD_RULE = "At least eight characters, and not one that everybody uses."


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
            if name == "password1":
                field.help_text = PASSWORD_RULE


class LoginForm(Plain, forms.LoginForm):
    """E-mail and password."""


class SignupForm(Plain, forms.SignupForm):
    """Name, e-mail, password."""


class ResetPasswordForm(Plain, forms.ResetPasswordForm):
    """The address to send the link to."""


class ResetPasswordKeyForm(Plain, forms.ResetPasswordKeyForm):
    """The new password, twice."""


class ChangePasswordForm(Plain, forms.ChangePasswordForm):
    """The old one and the new, twice."""


class SetPasswordForm(Plain, forms.SetPasswordForm):
    """The first one, twice."""


class AddEmailForm(Plain, forms.AddEmailForm):
    """The new address."""


class ReauthenticateForm(Plain, forms.ReauthenticateForm):
    """The password once more."""
