"""Settings, all from the environment (twelve-factor); docs/operations.md lists each."""

from pathlib import Path

import environ

from .ai import *  # noqa: F403  (whom the AI asks)
from .billing import *  # noqa: F403  (plans, and who is asked for money)
from .office import *  # noqa: F403  (the back-office)
from .sign_in import *  # noqa: F403  (allauth, and the providers that people sign in with)

env = environ.Env()
BASE_DIR = Path(__file__).resolve().parent.parent

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env("SECRET_KEY", default="" if not DEBUG else "only-for-development")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
SITE_URL = env("SITE_URL", default="")
# HTTPS=true behind a TLS proxy: secure cookies, HSTS, redirects. bin/run serves plain http on loopback.
HTTPS = env.bool("HTTPS", default=False)
# whose X-Forwarded-For is believed (accounts/addresses.py)
TRUSTED_PROXIES = env.list("TRUSTED_PROXIES", default=[])

INSTALLED_APPS = [
    "unfold",
    "unfold.contrib.filters",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.google",
    "allauth.socialaccount.providers.github",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.headless",
    "guardian",
    "django_ratelimit",
    "rest_framework",
    "drf_spectacular",
    "channels",
    "accounts",
    "workspaces",
    "tasks",
    "realtime",
    "billing",
    "ai",
    "office",
    "flowboard",
]

MIDDLEWARE = [
    "realtime.later.Answers",
    "django.middleware.security.SecurityMiddleware",
    "flowboard.middleware.SecurityHeaders",
    "office.slow.SlowPages",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "flowboard.middleware.CleanInput",
    "flowboard.middleware.OwnPagesOnly",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.sessions.SessionSeen",
    "django_htmx.middleware.HtmxMiddleware",
    "flowboard.limits.EntranceLimits",
    "workspaces.outside.Outsides",
    "workspaces.door.Door",
    "accounts.middleware.PersonalTime",
    "flowboard.context.FrameFirst",
]

ROOT_URLCONF = "flowboard.urls"
WSGI_APPLICATION = "flowboard.wsgi.application"
ASGI_APPLICATION = "flowboard.asgi.application"
REACTIONS, PANELS = "flowboard.reactions", "flowboard.panels"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "flowboard.context.page",
            ],
        },
    },
    {  # the card, drawn hundreds of times a page (docs/adr/0003)
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "NAME": "jinja2",
        "DIRS": [BASE_DIR / "templates" / "jinja2"],
        "APP_DIRS": False,
        "OPTIONS": {"environment": "flowboard.cards.environment"},
    },
]


def _database(variable: str, pool: dict[str, object] | None, **test: object) -> dict[str, object]:
    """One role's connection; each URL carries its own user."""
    config = env.db_url(variable, default="postgres://flowboard_app@127.0.0.1:5432/flowboard")
    config["ENGINE"] = "django.db.backends.postgresql"
    config["CONN_MAX_AGE"] = 0
    config["CONN_HEALTH_CHECKS"] = True  # a connection that died with a restarted PostgreSQL is not handed out
    config["DISABLE_SERVER_SIDE_CURSORS"] = True
    config["OPTIONS"] = {"options": "-c lock_timeout=2s", "connect_timeout": 5}
    if pool:
        config["OPTIONS"]["pool"] = pool
    if test:
        config["TEST"] = test
    return config


def _pool() -> dict[str, object]:
    from workspaces.tenancy import TenantConnection

    return {
        "min_size": 1,
        "max_size": env.int("DATABASE_POOL", default=10),
        "timeout": 5,
        # for 300 s it would try again later and later, and find a PostgreSQL that is back after minutes: whoever comes next asks anew
        "reconnect_timeout": 2,
        "connection_class": TenantConnection,
    }


DATABASES = {
    # web and workers: owns nothing, no superuser, no BYPASSRLS (a system check refuses otherwise)
    "default": _database("DATABASE_URL", _pool(), MIRROR="owner"),
    # migrations and the set-up of tests
    "owner": _database("DATABASE_OWNER_URL", None),
    # the back-office and jobs that look across workspaces: by policy, not by attribute
    "ops": _database("DATABASE_OPS_URL", None, MIRROR="owner"),
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env("REDIS_URL", default="redis://127.0.0.1:6379").rstrip("/")
CACHES = {
    "default": {
        "BACKEND": "flowboard.cache.PatientRedisCache",
        "LOCATION": f"{REDIS_URL}/1",
        "OPTIONS": {"socket_timeout": 0.25, "socket_connect_timeout": 0.25},
    }
}
# another class, as what cannot be counted here must be refused
CACHES["limits"] = CACHES["default"] | {"BACKEND": "flowboard.cache.CountingRedisCache", "KEY_PREFIX": "limits"}
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "flowboard.errors.csrf_failed"
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

CELERY_BROKER_URL = f"{REDIS_URL}/0"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 600, "socket_connect_timeout": 1, "socket_timeout": 5}
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BEAT_SCHEDULE = {
    "sweep": {"task": "flowboard.jobs.sweep", "schedule": 60},
    "deliver": {"task": "flowboard.jobs.deliver", "schedule": 15},
    "remind": {"task": "flowboard.jobs.remind", "schedule": 300},
    "come-due": {"task": "flowboard.jobs.come_due", "schedule": 3600},
    "heartbeat": {"task": "flowboard.jobs.heartbeat", "schedule": 15},
    "signing-keys": {"task": "accounts.jobs.keep_keys", "schedule": 3600},
    "tidy": {"task": "flowboard.jobs.tidy", "schedule": 3600},
    "first-page": {"task": "office.jobs.keep_first_page", "schedule": 300},
    "end-workspaces": {"task": "office.jobs.end_workspaces", "schedule": 3600},
    "reconcile": {"task": "billing.jobs.reconcile_all", "schedule": 86_400},
}

# sign-in of programs: workspaces/api/programs.py
HEADLESS_CLIENTS = ("app",)
HEADLESS_TOKEN_STRATEGY = "accounts.jwt_strategy.TokenStrategy"

ANONYMOUS_USER_NAME = None
GUARDIAN_MONKEY_PATCH_USER = False
# rights are asked of Actor.may, and guardian only keeps the grants; django-ratelimit does not know Django's own Redis cache
SILENCED_SYSTEM_CHECKS = ["guardian.W001", "django_ratelimit.W001"]
EMAIL_CONFIG = env.email_url("EMAIL_URL", default="consolemail://")
EMAIL_TIMEOUT = 10  # seconds: else a mail server that hangs holds a worker for ever
vars().update(EMAIL_CONFIG)
MAIL_BACKEND, EMAIL_BACKEND = EMAIL_CONFIG["EMAIL_BACKEND"], "office.mailing.Noted"  # each is noted, then sent
DEFAULT_FROM_EMAIL = env("MAIL_FROM", default="FlowBoard <flowboard@localhost>")

REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": ["workspaces.rest.render.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["workspaces.rest.parse.StrictJSONParser"],
    "DEFAULT_AUTHENTICATION_CLASSES": ["workspaces.rest.authenticate.DoorAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_SCHEMA_CLASS": "workspaces.rest.schema.Schema",
    "EXCEPTION_HANDLER": "workspaces.rest.problems.handler",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "FlowBoard",
    "DESCRIPTION": "Boards a team can trust. Sessions with CSRF, or `Authorization: Token fb_…`.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "ChangeState": "workspaces.models.ChangeSet.State",
        "ImportState": "tasks.models.ImportRun.State",
        "InvitationState": "workspaces.api.invitations.STATES",
        "Color": "tasks.models.COLORS",
        "Category": "tasks.models.Status.Category",
        "ChangeKind": "workspaces.models.ChangeSet.Kind",
        "TokenKind": "workspaces.api.tokens.KINDS",
        "AttachmentKind": "tasks.api.attachments.KINDS",
        "ProjectGrantName": "tasks.access.PROJECT_GRANT_NAMES",
        "TaskGrantName": "tasks.access.TASK_GRANT_NAMES",
        "PathKind": "tasks.access.KINDS",
        "RuleWhenKind": "tasks.api.automations.WHEN",
        "RuleConditionKind": "tasks.api.automations.IF",
        "RuleStepKind": "tasks.api.automations.THEN",
        "AutomationRunState": "tasks.api.automations.STATES",
        **ENUM_NAMES,  # noqa: F405
        **BILLING_NAMES,  # noqa: F405
    },
}
# by which push services know us (accounts/push_keys.py)
VAPID_PRIVATE_KEY, VAPID_SUBJECT = env("VAPID_PRIVATE_KEY", default=""), env("VAPID_SUBJECT", default="")
SIGN_IN_DAYS = env.int("SIGN_IN_DAYS", default=90)
# where addresses that people give may lead (accounts/outward.py)
OUTWARD_ALLOW_PRIVATE = env.bool("OUTWARD_ALLOW_PRIVATE", default=False)
OUTWARD_PORTS = env.list("OUTWARD_PORTS", cast=int, default=[80, 443, 8080, 8443])

MAX_JSON_BODY, MAX_FORM_BODY = 1024 * 1024, 2 * 1024 * 1024
MAX_UPLOAD_BODY = 50 * 1024 * 1024
MAX_FILE = env.int("MAX_FILE_MB", default=25) * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = MAX_FORM_BODY
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_PERMISSIONS, FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o600, 0o700

LANGUAGE_CODE, TIME_ZONE = "en", "UTC"
USE_TZ = USE_I18N = True
FORMAT_MODULE_PATH = ["flowboard.formats"]

DATA_DIR = Path(env("FLOWBOARD_DATA", default=str(BASE_DIR / ".data")))
STATIC_URL = "/static/"
STATIC_ROOT = Path(env("STATIC_ROOT", default=str(DATA_DIR / "static")))
STATICFILES_DIRS = [
    BASE_DIR / "static",
    *(
        (f"vendor/{name}", BASE_DIR / "node_modules" / path)
        for name, path in {"idiomorph": "idiomorph/dist", "inter": "@fontsource-variable/inter/files"}.items()
        if (BASE_DIR / "node_modules" / path).is_dir()
    ),
]
MEDIA_ROOT = Path(env("MEDIA_ROOT", default=str(DATA_DIR / "media")))
MEDIA_URL = "/media/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if not DEBUG and not env.bool("PLAIN_STATIC", default=False)
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_ALLOW_ALL_ORIGINS = False
WHITENOISE_KEEP_ONLY_HASHED_FILES = True  # nothing asks for the others, and compressing them doubles the first start
WHITENOISE_USE_FINDERS = DEBUG or env.bool("PLAIN_STATIC", default=False)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "flowboard.logs.Masked", "fmt": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env("LOG_LEVEL", default="WARNING")},
    "loggers": {name: {"level": "WARNING"} for name in WORDY},  # noqa: F405
}
