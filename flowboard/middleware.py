"""Headers that every answer carries, and input that no part of the program should have to meet."""

import secrets
from collections.abc import Callable
from tempfile import SpooledTemporaryFile

from django.conf import settings
from django.core.handlers.wsgi import LimitedStream
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from rest_framework.permissions import SAFE_METHODS as SAFE

from workspaces.answers import problem_or_page
from workspaces.door import cut_off

Next = Callable[[HttpRequest], HttpResponse]
POLICY = (
    "default-src 'self'; script-src 'self' 'nonce-{nonce}'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
# the theme of the back-office needs Alpine's eval and inline styles (STACK.md); nobody's words are rendered as HTML there
ADMIN_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; font-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


# what browsers offer and no page of ours uses; a browser that does not know a name skips it
UNUSED = """
accelerometer autoplay browsing-topics camera captured-surface-control clipboard-read compute-pressure cross-origin-isolated deferred-fetch
deferred-fetch-minimal digital-credentials-create digital-credentials-get display-capture encrypted-media fullscreen gamepad geolocation
gyroscope hid identity-credentials-get idle-detection interest-cohort keyboard-map language-detector language-model local-fonts local-network
local-network-access loopback-network magnetometer media-playback-while-not-visible microphone midi on-device-speech-recognition otp-credentials
payment picture-in-picture private-state-token-issuance private-state-token-redemption screen-wake-lock serial speaker-selection storage-access
summarizer sync-xhr translator unload usb window-management xr-spatial-tracking
""".split()
# copying a link, and passkeys
USED = ("clipboard-write", "publickey-credentials-create", "publickey-credentials-get")
FEATURES = ", ".join([*(f"{name}=()" for name in UNUSED), *(f"{name}=(self)" for name in USED)])
# what is private is kept by no cache, also not the browser's: after signing out the back button asks us again
PRIVATE = "private, no-store"
LONGEST_QUERY = 8192
CHUNK = 65_536


class SecurityHeaders:
    """Content-Security-Policy with a nonce per answer, no features that we do not use, nothing kept in caches unless a view says so."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.csp_nonce = secrets.token_urlsafe(16)  # type: ignore[attr-defined]
        response = self.get_response(request)
        loose = request.path.startswith("/admin/")
        headers = response.headers
        headers.setdefault("Content-Security-Policy", ADMIN_POLICY if loose else POLICY.format(nonce=request.csp_nonce))  # type: ignore[attr-defined]  (set above)
        headers.setdefault("Permissions-Policy", FEATURES)
        headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        headers.setdefault("Cache-Control", PRIVATE)
        return response


class OwnPagesOnly:
    """A browser says which site a request was sent from: one that changes something must come from our own pages.

    It stands beside the CSRF token and not in its place. Programs send no such header, and browsers send it always.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in SAFE and self._is_foreign(request):
            return problem_or_page(request, 403, "This was sent from a page of another site. Nothing was changed.")
        return self.get_response(request)

    def _is_foreign(self, request: HttpRequest) -> bool:
        elsewhere = request.headers.get("Sec-Fetch-Site", "none") not in ("same-origin", "none")
        return elsewhere and request.headers.get("Origin") not in settings.CSRF_TRUSTED_ORIGINS


class CleanInput:
    """Refuses what PostgreSQL cannot hold (NUL, broken UTF-8) and bodies that are too large, before anything reads them."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if words := self._fault(request):
            return problem_or_page(request, *words)
        return self.get_response(request) if _is_whole(request) else cut_off(request)

    def _fault(self, request: HttpRequest) -> tuple[int, str] | None:
        if len(request.META.get("QUERY_STRING", "")) > LONGEST_QUERY:
            return 414, f"The query of the address is longer than {LONGEST_QUERY:,} characters."
        if "\x00" in request.path or "\x00" in request.GET.urlencode().replace("%00", "\x00"):
            return 400, "The address contains a NUL character."
        if any("\x00" in value for value in request.COOKIES.values()):  # a quoted cookie can spell one
            return 400, "A cookie contains a NUL character."
        if request.headers.get("Content-Encoding", "identity") != "identity":
            return 415, "Send the body as it is, without Content-Encoding."
        limit = _limit(request)
        fits = _read_chunked(request, limit) if _is_chunked(request) else _length(request) <= limit
        return (
            None if fits else (413, f"The body is larger than the {limit // 1024 // 1024} MB that this address takes.")
        )


class WholeBody(LimitedStream):
    """Ends with an error when the line was cut before the announced length: half a text is not what somebody has written."""

    def read(self, size: int | None = -1, /) -> bytes:
        data: bytes = super().read(size)
        if self._pos < self.limit and (not data or size in (-1, None)) and size != 0:
            raise OSError("the request ended before its body did")
        return data


def _is_whole(request: HttpRequest) -> bool:
    """Read here, before a transaction waits for it; what is large comes in by and by, and a cut then ends in an error."""
    if not (length := _length(request)):
        return True
    request._stream = WholeBody(request.META["wsgi.input"], length)  # type: ignore[attr-defined]  (what Django reads from)
    by_and_by = request.content_type == "multipart/form-data" or length > settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    try:
        return by_and_by or len(request.body) == length
    except UnreadablePostError:
        return False


def _limit(request: HttpRequest) -> int:
    """Files only where files are taken; forms are longer than the JSON of the same words, for each byte may take three."""
    if request.path.endswith(("/imports/", "/imports/new/", "/attachments/", "/profile/")):
        return int(settings.MAX_UPLOAD_BODY)
    return int(settings.MAX_JSON_BODY if request.path.startswith("/api/") else settings.MAX_FORM_BODY)


def _is_chunked(request: HttpRequest) -> bool:
    return "CONTENT_LENGTH" not in request.META and bool(request.headers.get("Transfer-Encoding"))


def _read_chunked(request: HttpRequest, limit: int) -> bool:
    """Django takes a body without Content-Length for empty: give it the length, once we know that it fits."""
    source, size = request.META["wsgi.input"], 0
    body = SpooledTemporaryFile(max_size=settings.FILE_UPLOAD_MAX_MEMORY_SIZE)  # noqa: SIM115  (read by whoever answers)
    while size <= limit and (part := source.read(min(CHUNK, limit + 1 - size))):
        size += body.write(part)
    body.seek(0)
    request.META["CONTENT_LENGTH"] = str(size)
    request.META["wsgi.input"] = body
    return size <= limit


def _length(request: HttpRequest) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0
