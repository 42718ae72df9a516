"""What every page knows."""

from typing import Any

from django.http import HttpRequest


def page(request: HttpRequest) -> dict[str, Any]:
    """The actor and the nonce."""
    return {"by": getattr(request, "by", None), "csp_nonce": getattr(request, "csp_nonce", "")}
