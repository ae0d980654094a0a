"""Daphne as the desk runs it: small frames, slow readers waited for, and a stop in which nobody is cut off."""

import asyncio

from daphne.server import Server
from twisted.internet import reactor
from twisted.internet.defer import Deferred, maybeDeferred

from conversations import hub
from conversations.backlog import LINE

from . import wire
from .draining import drain

# Seconds. Together with NOTICE they must stay below systemd's TimeoutStopSec (RELIABILITY R10).
GRACE = 20.0  # that running requests get to end
FLUSH = 3.0  # that answers and frames get to leave
LOOK = 0.05
PING_INTERVAL, PING_TIMEOUT = 20, 30  # whoever does not answer a ping is cut


class DeskServer(Server):
    """On SIGTERM Daphne alone cuts running requests: the client sees a broken connection although the message is
    stored (RELIABILITY M4). Here `/readyz` says 503, nobody new is let in, pages are sent away, and requests end first.

    `notice`: seconds to go on as before after `/readyz` has turned, for a balancer that only asks now and then.
    `on_stop` is called when the stop begins.
    """

    def __init__(self, *args, notice=0.0, on_stop=None, **options):
        super().__init__(*args, **options)
        self.notice, self.on_stop = notice, on_stop
        self.ports = []
        self.websocket_max_message_size = self.websocket_max_frame_size = wire.MAX_FRAME

    def listen_success(self, port):
        self.ports.append(port)
        super().listen_success(port)

    def create_application(self, protocol, scope):
        if scope["type"] == "websocket":
            scope["extensions"] = {LINE: protocol.take}
        return super().create_application(protocol, scope)

    def log_action(self, protocol, action, details):
        # A signed address opens a file for whoever reads it (`file_links.py`), in a log as well.
        path = details.get("path")
        shown = {"path": path.partition("?")[0]} if isinstance(path, str) else {}
        super().log_action(protocol, action, {**details, **shown})

    async def handle_reply(self, protocol, message):
        if message["type"] == "websocket.send":
            await protocol.room()
        elif message["type"] == "websocket.close" and message.get("reason") and protocol.state == protocol.STATE_OPEN:
            return protocol.close_with(message["code"], message["reason"])
        await super().handle_reply(protocol, message)

    def kill_all_applications(self):
        drain()
        if self.on_stop is not None:
            self.on_stop()
        stopped = Deferred.fromFuture(asyncio.ensure_future(self._wind_down()))
        return stopped.addBoth(lambda _: self._cancel_the_rest())

    async def _wind_down(self):
        await asyncio.sleep(self.notice)
        # A proxy that is refused goes to another process at once, with whatever it was about to send.
        for port in self.ports:
            maybeDeferred(port.stopListening)
        await _until(self._idle, GRACE, meanwhile=hub.close_all)
        await _until(hub.nothing_to_tell, FLUSH)
        await _until(lambda: not reactor.getWriters(), FLUSH)

    def _idle(self):
        """Whether every request has been answered, those included that still arrive, and every socket is gone."""
        return all("disconnected" in each and _done(each) for each in self.connections.values())

    def _cancel_the_rest(self):
        # Not Daphne's own: it stumbles over a connection whose request has not fully arrived.
        running = [each["application_instance"] for each in self.connections.values() if not _done(each)]
        for application in running:
            application.cancel()
        return Deferred.fromFuture(asyncio.gather(*running, return_exceptions=True))


def _done(connection):
    application = connection.get("application_instance")
    return application is None or application.done()


async def _until(condition, seconds, meanwhile=None):
    loop = asyncio.get_running_loop()
    deadline = loop.time() + seconds
    while not condition() and loop.time() < deadline:  # noqa: ASYNC110 — a stop happens once; an event would cost each request
        if meanwhile is not None:
            await meanwhile()
        await asyncio.sleep(LOOK)


def desk_server(endpoint, on_ready, *, notice=0.0, on_stop=None):
    """The server, ready to `run()`. `endpoint` as Twisted writes it: `tcp:port=8000:interface=127.0.0.1`, `unix:/path`.

    `on_ready` is called when it listens.
    """
    from . import asgi

    return DeskServer(
        application=asgi.application,
        endpoints=[endpoint],
        websocket_timeout=43_200,
        websocket_connect_timeout=5,
        http_timeout=60,
        ping_interval=PING_INTERVAL,
        ping_timeout=PING_TIMEOUT,
        server_name="desk",
        ready_callable=on_ready,
        notice=notice,
        on_stop=on_stop,
    )
