"""Answers that take too long are noted (which page, how long; at most so many a minute and process), and how many were turned away."""

import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from workspaces.door import workspace_slug
from workspaces.rest import turned

from .actions.keeping import keep_slow_page, keep_turned_away

MOST = 30  # a minute and process
PAUSE = 10.0  # seconds between two looks at who was turned away


class SlowPages:
    """Middleware, around all that reads or writes."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.minute, self.kept, self.looked_at = 0, 0, 0.0

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = time.monotonic()
        response = self.get_response(request)
        took = round((time.monotonic() - began) * 1000)
        if settings.SLOW_PAGE_MS and took >= settings.SLOW_PAGE_MS and self._room():
            route = request.resolver_match.route if request.resolver_match else ""
            keep_slow_page(route, request.method or "", response.status_code, took, workspace_slug(request.path_info))
        if turned.waiting() and time.monotonic() - self.looked_at > PAUSE:
            self.looked_at = time.monotonic()
            keep_turned_away(turned.take())
        return response

    def _room(self) -> bool:
        minute = int(time.monotonic() // 60)
        if minute != self.minute:
            self.minute, self.kept = minute, 0
        self.kept += 1
        return self.kept <= MOST
