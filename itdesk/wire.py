"""Daphne's two protocols as the desk wants them: forms left alone, a reader that is behind waited for, floods cut."""

import asyncio
import socket

from daphne import http_protocol, ws_protocol
from django.conf import settings
from django.urls import Resolver404, resolve

from conversations.bucket import Bucket
from conversations.consumers import TOO_MANY

from . import eager  # noqa: F401 — before anything listens
from .draining import is_draining

MAX_FRAME = 4096  # bytes a page may send at once; a larger frame ends the socket (CONTRACT 4)
# Frames of any kind at the socket's edge. The consumer counts the page's own words more strictly; this one stands
# where pings and empty fragments pass, and where frames would pile up behind a handler that hangs (RELIABILITY M9).
BURST, PER_SECOND = 64, 8
# Bytes of a body; what takes files takes a message's files beside it. Without a limit here Daphne kept 300 MB of anybody.
BODY = 2 * 1024 * 1024
TOO_LARGE = b"HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
FORBIDDEN = (b"daphne-root-path", b"sec-websocket-protocol")
# Bytes that the kernel keeps for one reader that is behind; by itself it would go up to 4 MiB.
SEND_BUFFER = 128 * 1024


def _takes_files(target):
    """Whether files may be posted to this address (`accounts.doors.takes_files`)."""
    try:
        view = resolve(target.partition(b"?")[0].decode("latin-1")).func
    except Resolver404:
        return False
    return getattr(view, "takes_files", False)


class DeskRequest(http_protocol.WebRequest):
    """Leaves forms to Django. Twisted would read each into fields that nobody asks for, on the loop: an upload of 20 MB
    stopped every socket and request for more than a second, and a form it did not understand got an empty 400."""

    _left, _refused = BODY, False

    def __init__(self, *args, **options):
        super().__init__(*args, **{**options, "parsePOSTFormSubmission": False})

    def gotLength(self, length):
        """The head has arrived, before one byte of the body is kept."""
        if (length is None or length > BODY) and _takes_files(getattr(self.channel, "_path", b"")):
            self._left = settings.UPLOAD_MAX_BYTES + BODY
        super().gotLength(length)
        if (length or 0) > self._left:
            self._refuse()

    def handleContentChunk(self, data):
        self._left -= len(data)
        if self._left < 0:
            self._refuse()
        else:
            super().handleContentChunk(data)

    def _refuse(self):
        """413 and the end of the line: the rest is not read. Whatever the head said of its length, or did not say."""
        if not self._refused:
            self._refused = True
            self.channel.transport.write(TOO_LARGE)
            self.channel.loseConnection()

    def process(self):
        if self._refused:
            return None
        # Daphne takes the prefix of all addresses from whoever sends this, and what is rendered in their request goes to
        # other people's pages. Subprotocols we have none, and Daphne stumbles over one that is not ASCII.
        for name in FORBIDDEN:
            self.requestHeaders.removeHeader(name)
        return super().process()

    def handle_reply(self, message):
        if is_draining() and message["type"] == "http.response.start" and self.channel is not None:
            # The answer stands; the next request goes to another process, or to this one's successor.
            self.channel.persistent = False
            self.responseHeaders.setRawHeaders(b"connection", [b"close"])
        super().handle_reply(message)


class DeskLine(ws_protocol.WebSocketProtocol):
    """A page's socket. Daphne itself takes whatever the application sends and whatever a page sends, without end."""

    _room = None  # an Event while the reader is behind; made at the first time, as most never are
    _bucket = None
    _reason = None

    def onOpen(self):
        super().onOpen()
        self._bucket = Bucket(BURST, PER_SECOND)
        # The HTTP channel that this connection began as still stands there, and would be told in our place.
        self.transport.unregisterProducer()
        self.transport.registerProducer(self, True)
        self.transport.getHandle().setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        self._write_now = getattr(self.transport, "write_now", self.transport.write)

    # To the page: Twisted calls these when its buffer is over 64 KiB, empty again, or gone.

    def pauseProducing(self):
        if self._room is None:
            self._room = asyncio.Event()
        self._room.clear()

    def resumeProducing(self):
        if self._room is not None:
            self._room.set()

    stopProducing = resumeProducing

    def take(self, bundle):
        """Write these frames (conversations.backlog.Bundle) at once. → False while the reader is behind

        The bytes are the same for every page, so they are framed once; autobahn's way to the transport is left out,
        which costs as much as the write itself.
        """
        if self.state != self.STATE_OPEN or (self._room is not None and not self._room.is_set()):
            return False
        if bundle.wire is None:
            bundle.wire = b"".join(self.framed(text) for text in bundle.texts)
        self._write_now(bundle.wire)
        return True

    def framed(self, text):
        return self.factory.prepareMessage(text.encode(), doNotCompress=True).payloadHybi

    def serverSend(self, content, binary=False):
        # Not by autobahn's `sendMessage`: it holds what we write to the limit that is meant for what a page sends, and
        # a message of 1,500 Chinese characters makes a longer frame than that.
        if self.state == self.STATE_OPEN:
            self.sendData(self.framed(content))

    async def room(self):
        """Wait until the reader has taken what was sent before. The sender's own queue fills meanwhile, and is bounded."""
        if self._room is not None:
            await self._room.wait()

    def onClose(self, wasClean, code, reason):
        self.resumeProducing()
        super().onClose(wasClean, code, reason)

    def close_with(self, code, reason):
        self._reason = reason
        self.serverClose(code)

    def serverClose(self, code=None):
        self.sendClose(code=1000 if code is None else code, reason=self._reason)

    # From the page

    def onFrameBegin(self):
        super().onFrameBegin()
        if self._bucket is not None and not self._bucket.take():
            self._bucket = None
            self.serverClose(TOO_MANY)
            # Nothing more is read: whoever floods would keep the loop busy until the connection is dropped, in a second.
            self.transport.pauseProducing()

    def onMessage(self, payload, isBinary):
        if self.state == self.STATE_OPEN:
            super().onMessage(payload, isBinary)


# Daphne's factories look there, and have no other place to name one.
http_protocol.WebRequest = DeskRequest
ws_protocol.WebSocketFactory.protocol = DeskLine
