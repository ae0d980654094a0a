"""The server's entry: HTTP to Django, two WebSocket addresses to the desk, nothing else."""

import os
import secrets
import sys
from urllib.parse import urlsplit

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "itdesk.settings")

from itdesk.handler import get_application  # noqa: E402

http = get_application()

from channels.routing import URLRouter  # noqa: E402
from channels.security.websocket import WebsocketDenier  # noqa: E402
from channels.sessions import CookieMiddleware  # noqa: E402
from django.conf import settings  # noqa: E402
from django.urls import path  # noqa: E402

from conversations import hub  # noqa: E402
from conversations.consumers import AgentSocket, DeskSocket  # noqa: E402
from itdesk import single  # noqa: E402
from itdesk.draining import is_draining  # noqa: E402
from itdesk.garbage import Collector  # noqa: E402
from itdesk.warm import warm_up  # noqa: E402

single.claim()
warm_up()
Collector().start()

if "daphne.cli" in sys.modules:
    # `daphne itdesk.asgi:application` imports this before it makes its server, which must stop and limit as ours does.
    from itdesk.server import DeskServer

    sys.modules["daphne.cli"].CommandLineInterface.server_class = DeskServer


class Denied(WebsocketDenier):
    """An address that is no socket of ours: refused in the handshake."""


# Cookies alone: who somebody is, the sockets ask for all that come together (conversations/door.py).
sockets = CookieMiddleware(
    URLRouter(
        [
            path("ws/desk/", DeskSocket.as_asgi()),
            path("ws/agent/", AgentSocket.as_asgi()),
            path("", Denied.as_asgi()),
            path("<path:anything>", Denied.as_asgi()),
        ]
    )
)
if settings.WECOM_SIMULATOR:
    from wecom.simulator import jar

    sockets = jar.sockets(sockets)


def same_origin(scope):
    """Whether the page that opens the socket is ours: scheme apart, its host and port are those it connects to.

    A browser always sends Origin with a WebSocket and cannot forge it; a program without one carries no person's
    cookies by accident. `AllowedHostsOriginValidator` accepts any port of the host (RELIABILITY M8), this does not.
    """
    headers = dict(scope.get("headers", ()))
    origin, host = headers.get(b"origin"), headers.get(b"host", b"").decode("latin-1")
    try:
        return origin is None or urlsplit(origin.decode("latin-1")).netloc == host
    except ValueError:  # `http://[` is no address at all
        return False


async def elsewhere(scope, receive, send):
    """A page that comes to a process that is about to stop: let in only to hear when to come back."""
    await receive()
    await send({"type": "websocket.accept"})
    wait = str(secrets.randbelow(int(hub.RETURN_SECONDS * 1000)))
    await send({"type": "websocket.close", "code": hub.RESTARTING, "reason": wait})


async def application(scope, receive, send):
    """Daphne has no lifespan: whatever lives on its loop starts with the first request."""
    if scope["type"] == "http":
        hub.running()
        await http(scope, receive, send)
    elif scope["type"] == "websocket":
        await socket_for(scope)(scope, receive, send)


def socket_for(scope):
    """The application for this handshake."""
    if not same_origin(scope):
        return Denied.as_asgi()
    return elsewhere if is_draining() else sockets
