"""Errors as pages for people and as problem+json for programs (RFC 9457)."""

import json
from http import HTTPStatus
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from .errors import Refused


def problem(status: int, detail: str, **members: Any) -> HttpResponse:
    """application/problem+json."""
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail, **members}
    response = HttpResponse(_encoded(body), status=status, content_type="application/problem+json")
    if status == 503:
        response["Retry-After"] = "2"
    if status == 401:
        response["WWW-Authenticate"] = "Bearer, Token"
    return response


def refusal(request: HttpRequest, no: Refused) -> HttpResponse:
    """What an action said no with."""
    return _headed(problem_or_page(request, no.status, no.words, **_blamed(no)), no)


def refusal_problem(no: Refused) -> HttpResponse:
    """The same where there can only be a problem."""
    return _headed(problem(no.status, no.words, **_blamed(no)), no)


def _blamed(no: Refused) -> dict[str, Any]:
    return {**({"errors": {no.field: [no.words]}} if no.field else {}), **no.members}


def _headed(response: HttpResponse, no: Refused) -> HttpResponse:
    for name, value in no.headers.items():
        response[name] = value
    return response


def _encoded(body: dict[str, Any]) -> bytes:
    """A problem may repeat what it refuses: a lone surrogate, which orjson does too."""
    try:
        return orjson.dumps(body, default=str)
    except TypeError:
        return json.dumps(body, default=str).encode()


def problem_or_page(request: HttpRequest, status: int, detail: str, **members: Any) -> HttpResponse:
    """What the caller can read: a problem below /api/, a short sentence for htmx, else a page."""
    if request.path.startswith("/api/"):
        return problem(status, detail, **members)
    status = 409 if status == 412 else status  # a page has no If-Match that could have failed
    if request.headers.get("HX-Request") == "true":
        fields = {name: words[0] for name, words in members.get("errors", {}).items()}
        response = HttpResponse(status=status)
        response["HX-Trigger"] = json.dumps(
            {"flowboard:refused": {"sentence": detail, "fields": fields}}
        )  # ASCII: a header
        return response
    # no messages: they stand in the session, which may be what is away
    response = render(request, "error.html", {"status": status, "detail": detail, "messages": ()}, status=status)
    if status == 503:
        response["Retry-After"] = "2"
    return response
