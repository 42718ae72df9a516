"""Every error of the API as application/problem+json that names the field (RFC 9457)."""

import logging
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, TooManyFilesSent
from django.http import Http404, HttpResponse
from rest_framework.exceptions import APIException, ValidationError

from accounts.guesses import TooManyTries

from ..answers import problem, refusal_problem
from ..errors import Limited, Refused

log = logging.getLogger(__name__)


def handler(error: Exception, context: dict[str, Any]) -> HttpResponse | None:
    """DRF's exception handler; what is None here goes on to the door (a database that is away, a held row) or is a 500."""
    if isinstance(error, ValidationError):
        fields = dict(_named(error.detail, ""))
        return problem(
            400,
            "; ".join(f"{name}: {words[0]}" if name else words[0] for name, words in fields.items())[:500],
            errors=fields,
        )
    if isinstance(error, Refused):
        return refusal_problem(error)
    if isinstance(error, TooManyTries):
        return refusal_problem(Limited(error.words, error.seconds))
    if isinstance(error, Http404):
        return problem(404, "There is nothing here, or it is not shared with you.")
    if isinstance(error, PermissionDenied):
        return problem(403, "You may not do that here.")
    if isinstance(error, RequestDataTooBig | TooManyFilesSent):
        return problem(413, "The body is too large.")
    return _api(error) if isinstance(error, APIException) else None


def _api(error: APIException) -> HttpResponse:
    return problem(error.status_code, str(error.detail))


def _named(detail: Any, path: str) -> list[tuple[str, list[str]]]:
    """Flattens DRF's nested errors into "checklist[2].text" → words."""
    if isinstance(detail, dict):
        return [pair for name, inner in detail.items() for pair in _named(inner, _join(path, name))]
    if isinstance(detail, list) and any(isinstance(inner, dict | list) for inner in detail):
        return [pair for place, inner in enumerate(detail) if inner for pair in _named(inner, f"{path}[{place}]")]
    return [(path, [str(words) for words in (detail if isinstance(detail, list) else [detail])])]


def _join(path: str, name: str | int) -> str:
    if isinstance(name, int):
        return f"{path}[{name}]"
    if name == "non_field_errors":
        return path
    return f"{path}.{name}" if path else name
