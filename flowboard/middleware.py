"""Headers that every answer carries, and input that no part of the program should have to meet."""

import secrets
from collections.abc import Callable
from io import BytesIO

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from workspaces.answers import problem_or_page

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


class SecurityHeaders:
    """Content-Security-Policy with a nonce per answer, and no features that we do not use."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.csp_nonce = secrets.token_urlsafe(16)  # type: ignore[attr-defined]
        response = self.get_response(request)
        loose = request.path.startswith("/admin/")
        policy = ADMIN_POLICY if loose else POLICY.format(nonce=request.csp_nonce)  # type: ignore[attr-defined]
        response.headers.setdefault("Content-Security-Policy", policy)
        response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=()")
        return response


class CleanInput:
    """Refuses what PostgreSQL cannot hold (NUL, broken UTF-8) and bodies that are too large, before anything reads them."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        words = self._fault(request)
        return problem_or_page(request, *words) if words else self.get_response(request)

    def _fault(self, request: HttpRequest) -> tuple[int, str] | None:
        if "\x00" in request.path or "\x00" in request.GET.urlencode().replace("%00", "\x00"):
            return 400, "The address contains a NUL character."
        if any("\x00" in value for value in request.COOKIES.values()):  # a quoted cookie can spell one
            return 400, "A cookie contains a NUL character."
        upload = request.content_type == "multipart/form-data" or request.path.endswith("/imports/")
        limit = settings.MAX_UPLOAD_BODY if upload else settings.MAX_JSON_BODY
        fits = _read_chunked(request, limit) if _is_chunked(request) else _length(request) <= limit
        return (
            None if fits else (413, f"The body is larger than the {limit // 1024 // 1024} MB that this address takes.")
        )


def _is_chunked(request: HttpRequest) -> bool:
    return "CONTENT_LENGTH" not in request.META and bool(request.headers.get("Transfer-Encoding"))


def _read_chunked(request: HttpRequest, limit: int) -> bool:
    """Django takes a body without Content-Length for empty: give it the length, once we know that it fits."""
    body = request.META["wsgi.input"].read(limit + 1)
    request.META["CONTENT_LENGTH"] = str(len(body))
    request._stream = BytesIO(body)  # type: ignore[attr-defined]
    return len(body) <= limit


def _length(request: HttpRequest) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0
