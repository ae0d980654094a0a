"""Daphne as the desk runs it: small frames only, and a stop that lets running requests end."""

import asyncio

from daphne import http_protocol
from daphne.server import Server
from twisted.internet.defer import Deferred

from conversations import hub

from . import asgi
from .draining import drain

MAX_FRAME = 4096  # bytes a page may send at once; a larger frame ends the socket (CONTRACT 4)
GRACE = 10.0  # seconds that running requests get; systemd's stop timeout must be longer
PAUSE = 0.05


class DeskRequest(http_protocol.WebRequest):
    """Leaves forms to Django. Twisted would read each into fields that nobody asks for, on the loop: an upload of 20 MB
    stopped every socket and request for more than a second, and a form it did not understand got an empty 400."""

    def __init__(self, *args, **options):
        super().__init__(*args, **{**options, "parsePOSTFormSubmission": False})


http_protocol.WebRequest = DeskRequest  # Daphne's factory looks there, and has no other place to name one


class DeskServer(Server):
    """On SIGTERM Daphne alone cuts running requests: the client sees a broken connection although the message is
    stored (RELIABILITY M4). Here `/readyz` says 503, pages are sent to come back, and requests end first."""

    def kill_all_applications(self):
        drain()
        finished = Deferred.fromFuture(asyncio.ensure_future(finish_requests()))
        return finished.addBoth(lambda _: super(DeskServer, self).kill_all_applications())


async def finish_requests():
    """Close every socket with `hub.RESTARTING` and wait until no request runs, or for `GRACE` seconds."""
    await hub.running().close_all()
    loop = asyncio.get_running_loop()
    deadline = loop.time() + GRACE
    while asgi.running_requests and loop.time() < deadline:  # noqa: ASYNC110 — a stop happens once; an event would cost each request
        await asyncio.sleep(PAUSE)


def desk_server(host, port, on_ready):
    """The server, ready to `run()`; `on_ready` is called when it listens."""
    return DeskServer(
        application=asgi.application,
        endpoints=[f"tcp:port={port}:interface={host}"],
        websocket_max_message_size=MAX_FRAME,
        websocket_max_frame_size=MAX_FRAME,
        websocket_timeout=43_200,
        http_timeout=60,
        ping_interval=20,
        ping_timeout=30,
        server_name="desk",
        ready_callable=on_ready,
    )
