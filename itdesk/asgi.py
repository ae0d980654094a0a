"""The server's entry: HTTP to Django, two WebSocket addresses to the desk, nothing else."""

import os
from urllib.parse import urlsplit

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "itdesk.settings")

from django.core.asgi import get_asgi_application  # noqa: E402

http = get_asgi_application()

from channels.auth import AuthMiddlewareStack  # noqa: E402
from channels.routing import URLRouter  # noqa: E402
from channels.security.websocket import WebsocketDenier  # noqa: E402
from django.urls import path  # noqa: E402

from conversations import hub  # noqa: E402
from conversations.consumers import AgentSocket, DeskSocket  # noqa: E402
from itdesk import single  # noqa: E402

single.claim()


class Denied(WebsocketDenier):
    """An address that is no socket of ours: refused in the handshake."""


sockets = AuthMiddlewareStack(
    URLRouter(
        [
            path("ws/desk/", DeskSocket.as_asgi()),
            path("ws/agent/", AgentSocket.as_asgi()),
            path("<path:anything>", Denied.as_asgi()),
        ]
    )
)


def same_origin(scope):
    """Whether the page that opens the socket is ours: scheme apart, its host and port are those it connects to.

    A browser always sends Origin with a WebSocket and cannot forge it; a program without one carries no person's
    cookies by accident. `AllowedHostsOriginValidator` accepts any port of the host (RELIABILITY M8), this does not.
    """
    headers = dict(scope.get("headers", ()))
    origin = headers.get(b"origin")
    return origin is None or urlsplit(origin.decode("latin-1")).netloc == headers.get(b"host", b"").decode("latin-1")


running_requests = 0


async def application(scope, receive, send):
    """Daphne has no lifespan: whatever lives on its loop starts with the first request."""
    if scope["type"] == "http":
        hub.running()
        await _counted(scope, receive, send)
    elif scope["type"] == "websocket":
        app = sockets if same_origin(scope) else Denied.as_asgi()
        await app(scope, receive, send)


async def _counted(scope, receive, send):
    # Only the loop's own thread counts, so there is nothing to lock.
    global running_requests
    running_requests += 1
    try:
        await http(scope, receive, send)
    finally:
        running_requests -= 1
