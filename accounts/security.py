"""Pages about how one signs in: everything on one page, sessions, the address; what allauth's own do not show."""

from typing import Any

from allauth.account.decorators import reauthentication_required
from allauth.account.internal.decorators import login_not_required
from allauth.account.models import EmailAddress
from allauth.decorators import rate_limit
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.views import ViewRecoveryCodesView
from allauth.socialaccount.forms import DisconnectForm
from allauth.socialaccount.internal.flows.connect import disconnect
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.internal.flows.sessions import end_other_sessions
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from . import email, sessions
from .factors import has_factor
from .forms import EmailForm
from .social import providers

ONWARD = "onward"  # in the session: the page that a workspace keeps closed until there is a second factor


@login_required
@require_safe
def security(request: HttpRequest) -> HttpResponse:
    """Address, password, authenticator app, passkeys, recovery codes, accounts elsewhere."""
    return render(request, "accounts/security.html", factors(request) | elsewhere(request) | onward(request))


def factors(request: HttpRequest) -> dict[str, Any]:
    """What stands beside the password."""
    found: list[Authenticator] = list(Authenticator.objects.filter(user=request.user).order_by("created_at"))
    codes = next((one.wrap() for one in found if one.type == Authenticator.Type.RECOVERY_CODES), None)
    return {
        "app": next((one for one in found if one.type == Authenticator.Type.TOTP), None),
        "passkeys": [one for one in found if one.type == Authenticator.Type.WEBAUTHN],
        "codes": codes and {"left": len(codes.get_unused_codes()), "all": len(codes.generate_codes())},
        "confirmed": EmailAddress.objects.filter(user=request.user, verified=True).exists(),
    }


def elsewhere(request: HttpRequest) -> dict[str, Any]:
    """Accounts of providers that are connected, and those that could be."""
    offered = providers(request)
    names = {one.sub_id: one.name for one in offered}
    mine = SocialAccount.objects.filter(user=request.user, provider__in=names).order_by("date_joined")
    accounts = list(mine)
    lines = [{"id": one.pk, "name": names[one.provider], "as": known_as(one)} for one in accounts]
    used = {one.provider for one in accounts}
    return {"accounts": lines, "offered": [one for one in offered if one.sub_id not in used]}


def known_as(account: SocialAccount) -> str:
    """The address that the provider told of, else its own name for the person."""
    said = account.get_provider_account().get_user_data() or {}
    return str(said.get("email") or said.get("login") or account.uid)


def onward(request: HttpRequest) -> dict[str, Any]:
    """The page to go on to, once there is a second factor."""
    to = request.session.get(ONWARD, "")
    return {"onward": to if to and has_factor(request.user) else "", "asked": to}


@method_decorator(never_cache, name="dispatch")
class RecoveryCodes(ViewRecoveryCodesView):
    """All codes of the set, the used ones struck out."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        known = Authenticator.objects.get(user=self.request.user, type=Authenticator.Type.RECOVERY_CODES).wrap()
        unused = set(context["unused_codes"])
        codes = [{"code": f"{code[:4]} {code[4:]}", "used": code not in unused} for code in known.generate_codes()]
        return context | onward(self.request) | {"codes": codes}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def own_sessions(request: HttpRequest) -> HttpResponse:
    """Where one is signed in; POST with `session` signs that one out, without it all others."""
    if request.method != "POST":
        return render(request, "accounts/sessions.html", {"sessions": sessions.lines(request)})
    if which := request.POST.get("session", ""):
        done = which.isdecimal() and len(which) < 18 and sessions.end(request.user, int(which))
        messages.success(request, "That session is signed out." if done else "That session had ended already.")
    else:
        end_other_sessions(request, request.user)
        messages.success(request, "You are signed out everywhere else.")
    return redirect("own_sessions")


@login_required
def connections(request: HttpRequest) -> HttpResponse:
    """POST with `account` disconnects that one; they are listed on the page of security."""
    form = DisconnectForm(request.POST or None, request=request)
    if request.method == "POST":
        if form.is_valid():
            disconnect(request, form.cleaned_data["account"])
        for words in form.errors.get("account", []) + form.non_field_errors():
            messages.error(request, words)
    return redirect("own_security")


@login_required
@rate_limit(action="manage_email")
@reauthentication_required(app="allauth.account", allow_get=True)
@require_http_methods(["GET", "HEAD", "POST"])
def own_email(request: HttpRequest) -> HttpResponse:
    """Asks for another address; POST with `stop` forgets what was asked for."""
    if "stop" in request.POST:
        request.session.pop(email.WAITS, None)
        return redirect("account_email")
    form = EmailForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        email.ask(request, request.user, form.cleaned_data["email"])
        return redirect("account_email")
    waits = request.session.get(email.WAITS, "")
    shown = {"form": form, "waits": waits if waits != request.user.email else ""}
    return render(request, "account/email_change.html", shown, status=422 if form.errors else 200)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def email_change(request: HttpRequest, key: str) -> HttpResponse:
    """What a link in a mailbox leads to: one press agrees. A GET does nothing: scanners of mail follow links."""
    change = email.read(key)
    if change is None or request.method != "POST":
        return render(request, "account/email_agree.html", {"change": change}, status=200 if change else 410)
    done = email.agree(request, change)
    return render(request, "account/email_agree.html", {"change": change, "done": done, "taken": not done})
