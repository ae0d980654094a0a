"""What a page still has to hear: finished frames in order, bounded, and written without a task while the page keeps up."""

import asyncio
import logging

log = logging.getLogger(__name__)

# The ASGI extension in a socket's scope by which a server takes a Bundle at once, or answers False: this reader is
# behind. Without it (another server, a test) the frames leave one by one through `send`.
LINE = "itdesk.line"
LIMIT = 256  # frames; a page further behind comes back and asks `after=` instead
TOGETHER = 32  # frames of one Bundle at most: what a server takes in one go must stay small (PERFORMANCE 2)


class Bundle:
    """Frames that go to many pages together. `wire` belongs to the server: their bytes, made once for all its sockets."""

    __slots__ = ("texts", "wire")

    def __init__(self, *texts):
        self.texts, self.wire = texts, None


def bundles(texts):
    """The same texts in order, as few Bundles as may be."""
    return [Bundle(*texts[at : at + TOGETHER]) for at in range(0, len(texts), TOGETHER)]


class Backlog:
    """One page's. `send(text)` is awaited per frame; `line(bundle)` is LINE's, or None; `lost()` is called when a frame
    could not be written, after which no other may follow. Holds everything until `open`."""

    __slots__ = ("_send", "_line", "_lost", "_texts", "_writer", "_held")

    def __init__(self, send, line=None, lost=lambda: None):
        self._send, self._line, self._lost = send, line, lost
        self._texts, self._writer, self._held = [], None, True

    def open(self, first):
        """Begin: `first` (text), then what came before it."""
        early, self._texts, self._held = self._texts, [], False
        return all(self.put(each) for each in bundles([first, *early]))

    def put(self, bundle):
        """Never waits. → False when the page is too far behind for these frames"""
        # Only past an empty list, or a frame would overtake those that wait.
        if not self._texts and not self._held and self._line is not None and self._line(bundle):
            return True
        if len(self._texts) + len(bundle.texts) > LIMIT:
            return False
        self._texts.extend(bundle.texts)
        if self._writer is None and not self._held:
            self._writer = asyncio.ensure_future(self._write())
        return True

    def end(self):
        """Nobody listens any more."""
        self._texts = []
        if self._writer is not None:
            self._writer.cancel()

    async def _write(self):
        try:
            while self._texts:
                await self._send(self._texts[0])
                del self._texts[:1]  # afterwards: until then nothing may pass it
        except OSError:
            self._texts = []  # uvicorn says so that the page has gone; its disconnect is on the way
        except Exception as error:
            # A hole that the page does not know of is worse than no page: it comes back and asks `after=`.
            log.warning("a frame could not be written (%s); its page is sent away", type(error).__name__)
            self._texts = []
            self._lost()
        finally:
            self._writer = None
