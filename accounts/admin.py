"""The back-office of people: who may be switched off or made staff. Signing in is the same page as for everybody."""

from typing import Any

from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse

from .backoffice import LookedAt, Reasoned, ReasonForm, act_page
from .endings import person_changed
from .long_lists import NewestFirst
from .models import Erasure, Guess, ProgramSession, PushKey, PushSubscription, SignIn, SigningKey, StaffAct, User
from .staff import is_staff, take_factor_away
from .staff_door import guard

admin.site.index_title = "Back-office"
guard(admin.site)

for model in (
    Group,
    EmailAddress,
    EmailConfirmation,
    Authenticator,
    UserSession,
    SocialAccount,
    SocialApp,
    SocialToken,
):
    if admin.site.is_registered(model):
        admin.site.unregister(model)


RIGHTS = ("is_staff", "is_superuser", "groups")


@admin.register(User)
class UserAdmin(Reasoned):
    """Names and rights; addresses and passwords are changed by the person."""

    looks_through = None

    list_display = ("email", "name", "is_active", "is_staff", "created_at", "last_login")
    list_filter = ("is_active", "is_staff", "is_superuser", "theme", "created_at")
    search_fields = ("email", "name")
    fields = (
        "email", "name", "is_active", "is_staff", "is_superuser", "groups", "time_zone", "language", "theme", "single_keys",
        "created_at", "last_login",
    )  # fmt: skip
    readonly_fields = ("email", "created_at", "last_login", "time_zone", "language", "theme", "single_keys")
    filter_horizontal = ("groups",)

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        """Rights of the staff are given by superusers: whoever gives any could give themself all."""
        return self.readonly_fields if request.user.is_superuser else (*self.readonly_fields, *RIGHTS)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """Whoever is switched off is out everywhere at once."""
        super().save_model(request, obj, form, change)
        person_changed(obj.pk)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


@admin.register(EmailAddress)
class EmailAddressAdmin(Reasoned):
    """Which addresses are confirmed."""

    looks_through = None

    list_display = ("email", "user", "primary", "verified")
    list_filter = ("primary", "verified")
    search_fields = ("email", "user__name")
    list_select_related = ("user",)
    readonly_fields = ("user", "email", "primary")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


@admin.register(Group)
class GroupAdmin(Reasoned):
    """Which staff may see what."""

    search_fields = ("name",)
    filter_horizontal = ("permissions",)


@admin.register(StaffAct)
class StaffActAdmin(LookedAt):
    """What the staff did here, and why."""

    list_display = ("created_at", "staff", "verb", "subject", "reason", "tenant")
    list_filter = ("created_at",)
    search_fields = ("staff__email", "verb", "subject", "reason")
    list_select_related = ("staff",)

    def keyed(self, rows: QuerySet[Any], page: NewestFirst) -> QuerySet[Any]:
        return rows.filter(**{name: page.params[name] for name in ("tenant", "staff") if name in page.params})

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        return lookup in ("tenant", "staff") or super().lookup_allowed(lookup, value, request)


@admin.register(SignIn)
class SignInAdmin(LookedAt):
    """Who signed in, tried to, or changed how they do."""

    list_display = ("created_at", "email", "outcome", "method", "address", "agent")
    list_filter = ("outcome", "method", "created_at")
    search_fields = ("email", "address")


@admin.register(Erasure)
class ErasureAdmin(LookedAt):
    """Deleted accounts that some record has not forgotten yet."""

    list_display = ("asked_at", "email", "mailed_at")
    list_filter = ("asked_at",)
    search_fields = ("email", "name")


@admin.register(Guess)
class GuessAdmin(LookedAt):
    """Passwords that were tried in the last day and not found right."""

    list_display = ("at", "address", "known", "account")
    list_filter = ("known", "at")
    search_fields = ("address",)


@admin.register(SigningKey)
class SigningKeyAdmin(LookedAt):
    """The keys of programs' tokens; the private part is shown nowhere."""

    list_display = ("kid", "created_at", "retired_at", "expires_at")
    list_filter = ("created_at", "retired_at")
    search_fields = ("kid",)
    exclude = ("sealed",)


@admin.register(ProgramSession)
class ProgramSessionAdmin(LookedAt):
    """Programs that are signed in as a person; they end with the session."""

    list_display = ("user", "created_at", "refreshed_at")
    list_filter = ("created_at", "refreshed_at")
    search_fields = ("user__email", "user__name")
    list_select_related = ("user",)
    exclude = ("session_key", "auth_hash", "newest")


@admin.register(PushKey)
class PushKeyAdmin(LookedAt):
    """By which push services know this server; the private part is shown nowhere."""

    list_display = ("public", "created_at")
    list_filter = ("created_at",)
    search_fields = ("public",)
    exclude = ("sealed",)


@admin.register(PushSubscription)
class PushSubscriptionAdmin(LookedAt):
    """Browsers that pushes go to; by their address and keys anybody could push there, so they are shown nowhere."""

    list_display = ("user", "agent", "created_at", "pushed_at", "failures")
    list_filter = ("created_at", "pushed_at")
    search_fields = ("user__email", "user__name")
    list_select_related = ("user",)
    exclude = ("endpoint", "p256dh", "auth", "session_key")


@admin.register(Authenticator)
class AuthenticatorAdmin(LookedAt):
    """Second factors; taking one away is for people who have lost theirs. The secrets are shown nowhere."""

    change_form_outer_before_template = "admin/take_away.html"

    list_display = ("user", "type", "created_at", "last_used_at")
    list_filter = ("type", "created_at", "last_used_at")
    search_fields = ("user__email", "user__name")
    list_select_related = ("user",)
    exclude = ("data",)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.take_away)
        return [path("<int:pk>/take-away/", view, name="mfa_authenticator_take_away"), *super().get_urls()]

    def take_away(self, request: HttpRequest, pk: int) -> HttpResponse:
        """A factor ends; what asks for one closes to its person at once."""
        factor = get_object_or_404(Authenticator.objects.select_related("user"), pk=pk)
        if not is_staff(request.user, "mfa.delete_authenticator"):
            raise PermissionDenied

        def act(given: dict[str, Any]) -> dict[str, str]:
            take_factor_away(factor, staff=request.user, reason=given["reason"])  # type: ignore[arg-type]
            return {}

        words = f"{factor.get_type_display()} of {factor.user.email} ends. Do this only for somebody of whom you are sure that it is them: the next sign-in needs their password alone."
        return act_page(
            self, request, ReasonForm(request.POST or None), title="Take it away", words=words, act=act,
            done="It is taken away.", back=reverse("admin:mfa_authenticator_changelist"),
        )  # fmt: skip


@admin.register(SocialAccount)
class SocialAccountAdmin(LookedAt):
    """Accounts elsewhere that sign people in."""

    list_display = ("user", "provider", "uid", "date_joined", "last_login")
    list_filter = ("provider", "date_joined")
    search_fields = ("user__email", "user__name", "uid")
    list_select_related = ("user",)
    exclude = ("extra_data",)
