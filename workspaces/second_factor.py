"""A workspace may ask for a second factor of its members: who has none sees why, and nothing else of it."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect

from accounts.factors import has_factor

from .actor import Actor
from .answers import problem

TYPE = "urn:flowboard:second-factor-required"


def closed(request: HttpRequest, by: Actor) -> HttpResponse | None:
    """What the door answers instead of the workspace; None where nothing is asked, or it is there. At most one query.

    A program of the workspace has no person who could have one; its token is the workspace's own.
    """
    if not by.workspace.require_mfa or request.user.is_program or has_factor(request.user):  # type: ignore[union-attr]
        return None
    if request.path_info.startswith("/api/"):
        words = f"{by.workspace.name} asks its members for a second factor. Set one up in the browser, at {reverse('own_security')}."
        return problem(403, words, type=TYPE, title="Second factor required")
    to = reverse("second_factor", args=[by.workspace.slug])
    if request.headers.get("HX-Request"):
        return HttpResponseClientRedirect(to)
    return redirect(f"{to}?{urlencode({'next': request.get_full_path()})}" if request.method == "GET" else to)
