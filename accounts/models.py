"""People. A person is global: they sign in once and belong to many workspaces."""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone

from .ids import uuid7


class UserManager(BaseUserManager["User"]):
    """Makes people by e-mail address."""

    def create_user(self, email: str, password: str | None = None, **fields: object) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: object) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, email: str | None) -> "User":
        return self.get(email__iexact=email)


class User(AbstractBaseUser, PermissionsMixin):
    """Someone who signs in with an e-mail address."""

    class Theme(models.TextChoices):
        SYSTEM = "system", "Like my device"
        LIGHT = "light", "Light"
        DARK = "dark", "Dark"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    email = models.EmailField("e-mail", max_length=254, unique=True)
    name = models.CharField(max_length=100)
    avatar = models.ImageField(upload_to="avatars/", blank=True)
    time_zone = models.CharField(max_length=64, default="UTC")
    language = models.CharField(max_length=10, default="en")
    theme = models.CharField(max_length=10, choices=Theme, default=Theme.SYSTEM)
    single_keys = models.BooleanField("single-key shortcuts", default=True)
    is_staff = models.BooleanField(default=False)
    is_program = models.BooleanField(default=False, help_text="stands for a workspace's access token; cannot sign in")
    erased_at = models.DateTimeField(null=True, blank=True, editable=False)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_ci")]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def initials(self) -> str:
        """Up to two letters for the avatar: first and last word of the name."""
        words = (self.name or self.email).split()
        return (words[0][:1] + (words[-1][:1] if len(words) > 1 else "")).upper()

    @property
    def avatar_url(self) -> str:
        """Where the picture is, "" without one; a new picture has a new address."""
        return reverse("avatar", args=[self.avatar.name.rpartition("/")[2]]) if self.avatar else ""

    @property
    def color(self) -> int:
        """A stable number 0-11 for the avatar's colour."""
        return self.id.int % 12


class SignIn(models.Model):
    """One attempt to sign in, or a change to how somebody does. A job tells each workspace of the person; see `told_at`."""

    class Outcome(models.TextChoices):
        IN = "in", "signed in"
        FAILED = "failed", "failed"
        OUT = "out", "signed out"
        CHANGED = "changed", "changed how they sign in"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    email = models.CharField(max_length=254, blank=True, help_text="as typed")
    user = models.ForeignKey(User, models.CASCADE, null=True, blank=True, related_name="+")
    outcome = models.CharField(max_length=10, choices=Outcome)
    method = models.CharField(max_length=40, blank=True, help_text="password, code, passkey, totp, google …")
    via = models.CharField(max_length=12, default="web", help_text="web, or api for programs")
    address = models.GenericIPAddressField(null=True, blank=True)
    agent = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    told_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        indexes = [
            models.Index(fields=["created_at"], name="signin_untold", condition=models.Q(told_at=None)),
            models.Index(fields=["user", "-created_at"], name="signin_person"),
        ]

    def __str__(self) -> str:
        return f"{self.email} {self.outcome}"


class Erasure(models.Model):
    """What must be known of a person whose account was deleted until every record has forgotten it; then it goes too."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.OneToOneField(User, models.CASCADE, related_name="+")
    email = models.EmailField(max_length=254)
    name = models.CharField(max_length=100)
    asked_at = models.DateTimeField(default=timezone.now, editable=False)
    mailed_at = models.DateTimeField(null=True, blank=True, editable=False)

    def __str__(self) -> str:
        return str(self.user_id)


class Guess(models.Model):
    """A password that was tried and not (yet) found right; accounts/guesses.py counts them. The table outlives Redis."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account = models.CharField(max_length=64, help_text="SHA-256 of the e-mail address, whether anybody has it or not")
    address = models.GenericIPAddressField(help_text="of an IPv6 address its /64")
    known = models.BooleanField(help_text="somebody has signed in to the account from there before")
    at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name_plural = "guesses"
        indexes = [
            models.Index(fields=["account", "at"], name="guess_account"),
            models.Index(fields=["address", "at"], name="guess_address"),
        ]

    def __str__(self) -> str:
        return f"{self.address} {self.at:%H:%M}"


class SigningKey(models.Model):
    """A key that signs the tokens of programs. It verifies until its last token has expired."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kid = models.CharField(max_length=64, unique=True)
    sealed = models.TextField(help_text="the private key, encrypted under SECRET_KEY", editable=False)
    public = models.TextField(help_text="the public key, PEM")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    retired_at = models.DateTimeField(null=True, blank=True, help_text="signs nothing from then on")
    expires_at = models.DateTimeField(null=True, blank=True, help_text="verifies nothing from then on")

    def __str__(self) -> str:
        return self.kid


class ProgramSession(models.Model):
    """A program's sign-in: its session, and which of its refresh tokens is the newest. An older one ends it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    session_key = models.CharField(max_length=40, unique=True, editable=False)
    auth_hash = models.CharField(max_length=128, editable=False, help_text="of the password that it began with")
    newest = models.UUIDField(editable=False, help_text="the id of the refresh token that is still good")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    refreshed_at = models.DateTimeField(default=timezone.now, editable=False)

    def __str__(self) -> str:
        return f"{self.user} since {self.created_at:%Y-%m-%d}"


class PushKey(models.Model):
    """The key pair by which push services know this server (VAPID), where the environment names none."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    public = models.CharField(max_length=100, unique=True, help_text="as pages give it to the browser")
    sealed = models.TextField(help_text="the private key, encrypted under SECRET_KEY", editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    def __str__(self) -> str:
        return self.public


class PushSubscription(models.Model):
    """A browser that shows a person what is pushed to it, for as long as they are signed in there."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    endpoint = models.CharField(max_length=2000, unique=True, editable=False)
    p256dh = models.CharField(max_length=100, editable=False, help_text="the browser's public key")
    auth = models.CharField(max_length=40, editable=False, help_text="the secret shared with the browser")
    key = models.CharField(max_length=100, editable=False, help_text="our public key that it was made for")
    session_key = models.CharField(max_length=40, db_index=True, editable=False)
    agent = models.CharField(max_length=200, blank=True)
    failures = models.PositiveSmallIntegerField(default=0, help_text="in a row")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    pushed_at = models.DateTimeField(null=True, blank=True, editable=False, help_text="the last that got through")

    def __str__(self) -> str:
        return f"{self.user} at {self.created_at:%Y-%m-%d}"


class StaffAct(models.Model):
    """What somebody of the staff did in the back-office, and why. The database refuses to change or remove it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    staff = models.ForeignKey(User, models.DO_NOTHING, db_constraint=False, related_name="+")
    verb = models.CharField(max_length=40, help_text="suspend_workspace, change user …")
    reason = models.CharField(max_length=500)
    tenant = models.UUIDField(null=True, blank=True, help_text="whose record tells of it too")
    subject_type = models.CharField(max_length=40, blank=True)
    subject_id = models.CharField(max_length=64, blank=True)
    subject = models.CharField(max_length=200, blank=True, help_text="what it is called; of a person nothing is kept")
    facts = models.JSONField(default=dict, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["tenant", "-id"], name="staffact_workspace", condition=~models.Q(tenant=None)),
            models.Index(fields=["staff", "-id"], name="staffact_staff"),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.subject}".strip()
