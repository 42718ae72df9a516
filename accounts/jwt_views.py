"""The public halves of the keys that sign programs' tokens, for whoever verifies them without asking us."""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from . import keys


@require_safe
def jwks(request: HttpRequest) -> JsonResponse:
    """GET /.well-known/jwks.json; a key stands here for a day before it signs."""
    keys.signing_key()  # the very first one is made by whoever asks first
    age = int(keys.KEPT.total_seconds())
    return JsonResponse(
        keys.jwks(), headers={"Cache-Control": f"public, max-age={age}", "Access-Control-Allow-Origin": "*"}
    )
