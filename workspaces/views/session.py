"""Who is signed in, for a page that has waited: it must not send one person's changes as another."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token

from ..pages import member_page


@member_page("GET")
def session(request: HttpRequest) -> HttpResponse:
    """The person, and the token that their forms carry from now on."""
    return JsonResponse({"user": str(request.user.pk), "csrf": get_token(request)})
