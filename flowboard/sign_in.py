"""Settings of sign-in: allauth's, and the providers that the environment names; a part of settings.py."""

from typing import Any

import environ

env = environ.Env()
HTTPS = env.bool("HTTPS", default=False)

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("name", "email")},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "accounts.passwords.GuessedSoonValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "start"

ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_SIGNUP_FORM_CLASS = "accounts.forms.SignupForm"
ACCOUNT_EMAIL_VERIFICATION = env("EMAIL_VERIFICATION", default="mandatory")
ACCOUNT_LOGOUT_REDIRECT_URL = "start"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_MAX_EMAIL_ADDRESSES = 1  # a new one replaces it, once both mailboxes have agreed: accounts/email.py
ACCOUNT_FORMS = {
    name: f"accounts.entrance.{form}Form"
    for name, form in {
        "login": "Login", "signup": "Signup", "reset_password": "ResetPassword", "reset_password_from_key": "ResetPasswordKey",
        "change_password": "ChangePassword", "set_password": "SetPassword", "reauthenticate": "Reauthenticate",
        "request_login_code": "RequestLoginCode", "confirm_login_code": "ConfirmLoginCode",
    }.items()
}  # fmt: skip
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True  # in the browser that signed up
ACCOUNT_REAUTHENTICATION_REQUIRED = True  # before a change to how somebody signs in
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 3
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
# wrong passwords are counted by accounts/guesses.py, requests by flowboard/limits.py; `login_failed` is left to second factors
ACCOUNT_RATE_LIMITS = {
    "login": "", "login_failed": "10/15m/key", "signup": "", "reset_password": "", "reset_password_from_key": "",
    "request_login_code": "", "reauthenticate": "", "manage_email": "",
}  # fmt: skip
MFA_RATE_LIMITS = {"webauthn_login": ""}
RATELIMIT_USE_CACHE = "limits"
RATELIMIT_CACHE_PREFIX = "limit:"

MFA_ADAPTER = "accounts.factors.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "FlowBoard"
MFA_FORMS = {
    name: f"accounts.entrance.{form}Form"
    for name, form in {
        "authenticate": "Factor", "reauthenticate": "FactorAgain", "activate_totp": "ActivateTotp", "add_webauthn": "AddPasskey",
        "edit_webauthn": "EditPasskey",
    }.items()
}  # fmt: skip
USERSESSIONS_ADAPTER = "accounts.endings.SessionsAdapter"


def _providers() -> dict[str, dict[str, Any]]:
    """Google and GitHub by their keys, any other by OpenID Connect; what is not named does not exist."""
    found: dict[str, dict[str, Any]] = {}
    for name, scope in (("google", ["profile", "email"]), ("github", ["read:user", "user:email"])):
        if client := env(f"{name.upper()}_CLIENT_ID", default=""):
            secret = env(f"{name.upper()}_CLIENT_SECRET")
            found[name] = {
                "APPS": [{"client_id": client, "secret": secret}],
                "SCOPE": scope,
                "OAUTH_PKCE_ENABLED": True,
            }
    if issuer := env("OIDC_ISSUER", default=""):
        known = {"client_id": env("OIDC_CLIENT_ID"), "secret": env("OIDC_CLIENT_SECRET"), "settings": {"server_url": issuer.rstrip("/")}}  # fmt: skip
        named = {"provider_id": env("OIDC_ID", default="oidc"), "name": env("OIDC_NAME", default="single sign-on")}
        found["openid_connect"] = {"APPS": [named | known], "OAUTH_PKCE_ENABLED": True}
    return found


SOCIALACCOUNT_PROVIDERS = _providers()
SOCIALACCOUNT_ADAPTER = "accounts.social.SocialAdapter"
SOCIALACCOUNT_FORMS = {"signup": "accounts.entrance.SocialSignupForm"}
SOCIALACCOUNT_EMAIL_AUTHENTICATION = True  # only by an address that the provider has verified: accounts/social.py
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
SOCIALACCOUNT_REQUESTS_TIMEOUT = 5
