"""`If-Match`: a write that says which version it was made against."""

import re

from django.http import HttpRequest

SHAPE = re.compile(r'"(\d{1,9})"')
NEVER = 0  # no row has this version


def etag(version: int) -> str:
    """The ETag of a version."""
    return f'"{version}"'


def base_version(request: HttpRequest, now: int) -> int | None:
    """The version that the caller has read: None when they do not care. Of several, the one that still stands."""
    said = request.headers.get("If-Match", "").strip()
    if said in ("", "*"):
        return None
    known = [int(version) for version in SHAPE.findall(said)]
    return now if now in known else next(iter(known), NEVER)
