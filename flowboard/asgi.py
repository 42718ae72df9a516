"""One address for everything: sockets in async code, pages and API through the WSGI handler on threads.

Sync views in Django's ASGI handler get a third of the requests (STACK.md); for load, run pages with granian and let
the proxy send /ws/ here, and the answers that take a while.
"""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "flowboard.settings")

from a2wsgi import WSGIMiddleware
from channels.routing import ProtocolTypeRouter, URLRouter
from django.core.wsgi import get_wsgi_application

pages = get_wsgi_application()

from realtime.routing import routes  # noqa: E402  (needs the apps)
from realtime.streams import Streams  # noqa: E402

# what takes a while and holds no thread meanwhile (docs/operations.md: a proxy sends it here too)
LATER = r"/(?:w|api/v1/workspaces)/[^/]+/ai/(?:write|complete)/"
threads = WSGIMiddleware(pages, workers=int(os.environ.get("WEB_THREADS", "8")))  # type: ignore[arg-type]
application = ProtocolTypeRouter(
    {
        "http": Streams(pages, threads, LATER),  # type: ignore[arg-type]
        "websocket": URLRouter(routes),
    }
)
