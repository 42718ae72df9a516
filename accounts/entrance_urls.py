"""Addresses below /accounts/: allauth's, with our own in place of those that do less than our pages."""

from allauth.socialaccount import views as social_views
from allauth.socialaccount.providers.github import views as github
from allauth.socialaccount.providers.google import views as google
from allauth.socialaccount.providers.openid_connect import views as oidc
from django.urls import include, path
from django.views.generic import RedirectView

from . import security
from .social import entering, leaving, there

SECURITY = RedirectView.as_view(pattern_name="own_security")

urlpatterns = [
    path("email/", security.own_email, name="account_email"),
    path("email/<str:key>/", security.email_change, name="email_change"),
    path("sessions/", RedirectView.as_view(pattern_name="own_sessions"), name="usersessions_list"),
    path("2fa/", SECURITY, name="mfa_index"),
    path("2fa/webauthn/", SECURITY, name="mfa_list_webauthn"),
    path("2fa/recovery-codes/", security.RecoveryCodes.as_view(), name="mfa_view_recovery_codes"),
    path("", include("allauth.account.urls")),
    path("2fa/", include("allauth.mfa.urls")),
    path("3rdparty/", there(security.connections), name="socialaccount_connections"),
    path("3rdparty/login/cancelled/", there(social_views.login_cancelled), name="socialaccount_login_cancelled"),
    path("3rdparty/login/error/", there(social_views.login_error), name="socialaccount_login_error"),
    path("3rdparty/signup/", there(social_views.signup), name="socialaccount_signup"),
    path("google/login/", leaving(google.oauth2_login), name="google_login"),
    path("google/login/callback/", entering(google.oauth2_callback), name="google_callback"),
    path("github/login/", leaving(github.oauth2_login), name="github_login"),
    path("github/login/callback/", entering(github.oauth2_callback), name="github_callback"),
    path("oidc/<slug:provider_id>/login/", leaving(oidc.login), name="openid_connect_login"),
    path("oidc/<slug:provider_id>/login/callback/", entering(oidc.callback), name="openid_connect_callback"),
]
