"""Every verb on a person: what they are called, how they look, what they prefer. Sign-in and passwords are allauth's."""

from collections.abc import Sequence
from uuid import UUID

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils import timezone

from .addresses import client_address
from .endings import end_session, person_changed, sign_in_noted, time_zone_changed
from .ids import uuid7
from .models import Erasure, ProgramSession, PushSubscription, SignIn, User

GONE = "Deleted person"
PERSONAL = (
    "name", "email", "avatar", "time_zone", "language", "theme", "single_keys", "is_staff", "is_superuser", "is_active",
    "last_login", "erased_at",
)  # fmt: skip
LONGEST_AGENT = SignIn._meta.get_field("agent").max_length
MOST_DEVICES = 20  # to which a person's pushes go
LONGEST_EMAIL = SignIn._meta.get_field("email").max_length


def update_profile(user: User, *, name: str, time_zone: str, single_keys: bool) -> User:
    """What stands on the profile page; the values come out of its form. A name is one line: it stands in subjects of mails."""
    was = user.time_zone
    _change(user, name=" ".join(name.split()), time_zone=time_zone, single_keys=single_keys)
    if user.time_zone != was:
        time_zone_changed(user.pk)
    return user


def choose_theme(user: User, *, theme: str) -> User:
    """Light, dark, or what the device says."""
    return _change(user, theme=theme)


def switch_keys(user: User, *, single_keys: bool) -> User:
    """Whether keys without ⌘ or Ctrl do anything."""
    return _change(user, single_keys=single_keys)


def set_avatar(user: User, *, picture: bytes) -> User:
    """A picture that avatars.portrait has drawn afresh; the one before is deleted after commit."""
    before = user.avatar.name
    user.avatar.save(f"{uuid7().hex}.webp", ContentFile(picture), save=False)
    user.save(update_fields=["avatar"])
    _forget(user, before)
    return user


def remove_avatar(user: User) -> User:
    """Back to the initials."""
    if before := user.avatar.name:
        user.avatar = ""
        user.save(update_fields=["avatar"])
        _forget(user, before)
    return user


def note_sign_in(
    request: HttpRequest, outcome: str, *, user: User | None = None, email: str = "", method: str = ""
) -> SignIn:
    """One row, whoever it was: an attempt costs the same for an address that nobody has. A job finds the person later."""
    typed = email or (user.email if user else "")
    row = SignIn.objects.create(
        user=user, email=typed[:LONGEST_EMAIL].replace("\0", ""), outcome=outcome, method=method,
        via="api" if request.path_info.startswith("/api/") else "web", address=client_address(request),
        agent=request.headers.get("User-Agent", "")[:LONGEST_AGENT],
    )  # fmt: skip
    sign_in_noted(row.pk)
    return row


def note_taken_away(user: User) -> SignIn:
    """The staff has taken a second factor away: no address, for it was not the person's."""
    row = SignIn.objects.create(
        user=user, email=user.email, outcome=SignIn.Outcome.CHANGED, method="a factor taken by support", via="system"
    )
    sign_in_noted(row.pk)
    return row


@transaction.atomic
def erase(user: User) -> Erasure:
    """What makes an account somebody's goes at once; its row stays, so that what they wrote, and each StaffAct of somebody
    of the staff, has an author without a name.
    """
    kept = Erasure.objects.create(user=user, email=user.email, name=user.name)
    _forget(user, user.avatar.name)
    for key in UserSession.objects.filter(user=user).values_list("session_key", flat=True):
        end_session(key)
    for rows in (EmailAddress, SocialAccount, Authenticator, ProgramSession, PushSubscription, SignIn):
        rows.objects.filter(user=user).delete()
    SignIn.objects.filter(email__iexact=user.email).delete()
    user.groups.clear()
    user.user_permissions.clear()
    user.set_unusable_password()
    blank = User(
        pk=user.pk, name=GONE, email=f"{user.pk.hex}@deleted.invalid", is_active=False, erased_at=timezone.now()
    )
    for name in PERSONAL:
        setattr(user, name, getattr(blank, name))
    user.save(update_fields=["password", *PERSONAL])
    person_changed(user.pk)
    return kept


def forget_programs(ids: Sequence[UUID]) -> None:
    """Those of a workspace that has ended: what they were called goes; nobody can tell whose the rows were."""
    rows = User.objects.filter(pk__in=ids, is_program=True)
    rows.update(name=GONE, is_active=False, erased_at=timezone.now())


def touch_session(request: HttpRequest) -> None:
    """The session was used now, from here; asked for once a minute (accounts/sessions.py)."""
    rows = UserSession.objects.filter(session_key=request.session.session_key)
    rows.update(last_seen_at=timezone.now(), ip=client_address(request))


@transaction.atomic
def change_email(user: User, *, to: str) -> EmailAddress | None:
    """Both mailboxes have agreed: the account's one address is another; None when somebody else has it meanwhile."""
    try:
        with transaction.atomic():
            user.email = to
            user.save(update_fields=["email"])
            EmailAddress.objects.filter(user=user).delete()
            return EmailAddress.objects.create(user=user, email=to, verified=True, primary=True)
    except IntegrityError:
        return None


@transaction.atomic
def subscribe_push(
    user: User, *, session_key: str, endpoint: str, p256dh: str, auth: str, key: str, agent: str
) -> None:
    """This browser shows the person what is pushed to them. Who was told there before is told there no more."""
    PushSubscription.objects.filter(endpoint=endpoint).delete()
    PushSubscription.objects.create(
        user=user, session_key=session_key, endpoint=endpoint, p256dh=p256dh, auth=auth, key=key, agent=agent[:LONGEST_AGENT]
    )  # fmt: skip
    newest = PushSubscription.objects.filter(user=user).order_by("-created_at").values("pk")[:MOST_DEVICES]
    PushSubscription.objects.filter(user=user).exclude(pk__in=list(newest.values_list("pk", flat=True))).delete()


def unsubscribe_push(user: User, *, endpoint: str) -> None:
    """Nothing more is pushed to this browser of theirs."""
    PushSubscription.objects.filter(user=user, endpoint=endpoint).delete()


def end_push(session_key: str) -> None:
    """Whoever is signed out is told nothing there any more."""
    PushSubscription.objects.filter(session_key=session_key).delete()


def note_push(subscription: PushSubscription, *, sent: bool) -> None:
    """How the last push went."""
    subscription.failures = 0 if sent else subscription.failures + 1
    subscription.pushed_at = timezone.now() if sent else subscription.pushed_at
    subscription.save(update_fields=["failures", "pushed_at"])


def forget_push(subscription: PushSubscription) -> None:
    """Its browser is gone, or takes nothing from us."""
    PushSubscription.objects.filter(pk=subscription.pk).delete()


def _change(user: User, **values: str | bool) -> User:
    changed = [name for name, value in values.items() if getattr(user, name) != value]
    for name in changed:
        setattr(user, name, values[name])
    if changed:
        user.save(update_fields=changed)
    return user


def _forget(user: User, name: str) -> None:
    if name:
        transaction.on_commit(lambda: user.avatar.storage.delete(name), robust=True)
