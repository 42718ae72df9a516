"""The pages of Django's own errors."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, UnreadablePostError

from workspaces.answers import problem_or_page
from workspaces.door import cut_off, unavailable


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return problem_or_page(request, 400, "That request could not be read.")


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return problem_or_page(request, 403, "You may not do that here.")


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return problem_or_page(request, 404, "There is nothing here, or it is not shared with you.")


def failed(request: HttpRequest) -> HttpResponse:
    error = sys.exc_info()[1]
    if isinstance(error, OperationalError | InterfaceError):  # before any view: the session, or who asks
        return unavailable(request, error)
    if isinstance(error, UnreadablePostError):
        return cut_off(request)
    return problem_or_page(request, 500, "Something broke on our side. Nothing was changed; please try again.")


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    words = "This form is out of date. Load the page again, then send it once more."
    return problem_or_page(request, 403, words, errors={"csrfmiddlewaretoken": [words]})
