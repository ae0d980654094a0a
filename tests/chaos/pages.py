"""Open pages, as the scripts of the product keep them: socket.js, recovery.js, polling.js and read.js in one loop."""

import asyncio
import json
from functools import partial
from random import Random

from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from .feed import Feed, Line
from .people import as_frame, reading_address
from .record import PageRecord
from .recovery import NotNow, Recovery
from .waits import Comeback, Patience
from .wire import Broken

SILENCE = 70.0  # seconds without a frame after which the line counts as dead
FAILURES_TO_POLL = 3
POLL = 5.0  # seconds between two questions of a page whose sockets are refused
READING = 1.0  # seconds that a message stands on the screen before it counts as read
LASTING = {401, 403, 404, 422}  # asking again would change nothing
PATHS = {"employee": "/ws/desk/", "agents": "/ws/agent/"}
HINTS = {"conversation_updated", "typing", "presence", "ai_delta", "queue_moved", "error"}


class Page:
    """One open page of `member`. `rooms`: the conversations on it; an employee's are all that they may hear of.

    `refused` (set by the nemesis): its network lets no sockets through. `deaf`: frames vanish on the way to it.
    """

    def __init__(self, name, member, audience, rooms, wire, clock, haste):
        self.name, self.member, self.audience, self.rooms = name, member, audience, list(rooms)
        self.wire, self.clock = wire, clock
        self.feeds = {}
        self.chance = Random(name)
        self.comeback = Comeback(self.chance, haste)
        self.recoveries = {
            room: Recovery(partial(self._next_page, room), Patience(self.chance, haste), self._begin)
            for room in self.rooms
        }
        self.line = None
        self.live = asyncio.Event()
        self.refused = self.deaf = self.reloading = False
        self.foreign, self.reconnects = [], []
        self._tasks = set()
        self._polling = None

    async def load(self):
        """What the server renders into a page: the latest messages, and those before as somebody scrolls up."""
        for room in self.rooms:
            self.feeds[room] = feed = Feed(self.clock)
            path, query = reading_address(self.audience, room)
            first = await self._first_page(path, query)
            while first:
                for message in first:
                    feed.place(Line.of_json(message), "load")
                before = min(first, key=lambda each: each["seq"])
                if not before["prev_seq"]:
                    break
                first = await self._first_page(path, {**query, "before": before["seq"]})
            feed.asked_version = feed.version
            feed.begin_at_nothing()

    async def _first_page(self, path, query):
        while True:
            try:
                answer = await self.member.get(path, **query)
                if answer.ok:
                    return answer.json()["messages"]
            except Broken:
                pass
            await asyncio.sleep(0.3)

    async def run(self):
        """Until cancelled: connect, listen, come back with the page's backoff."""
        self._begin(self._reads())
        failures = 0
        while True:
            code, reason = await self._listened()
            failures = 1 if self.live.is_set() else failures + 1
            self.live.clear()
            if failures >= FAILURES_TO_POLL:
                self._poll(True)
            if self.reloading:
                self.reloading = False
                await self.load()
            else:
                await asyncio.sleep(self.comeback.wait(code, reason))

    async def _listened(self):
        """Until the line is gone. → its close code and reason, or (None, "")"""
        try:
            if self.refused:
                raise OSError("sockets are refused here")
            await self._listen()
        except ConnectionClosed as end:
            return (end.rcvd.code, end.rcvd.reason) if end.rcvd else (None, "")
        except (OSError, InvalidHandshake, TimeoutError, EOFError):
            return None, ""

    async def _listen(self):
        port = self.chance.choice(self.wire.ports)
        headers = {"Cookie": self.member.cookies}
        address = f"ws://127.0.0.1:{port}{PATHS[self.audience]}"
        async with connect(
            address, additional_headers=headers, compression=None, proxy=None, ping_interval=None, open_timeout=10,
            close_timeout=1, max_queue=None,
        ) as self.line:  # fmt: skip
            while True:
                self._hear(json.loads(await asyncio.wait_for(self.line.recv(), SILENCE)))

    def cut(self):
        """The network drops the line without a word to either side."""
        if self.line is not None and self.live.is_set():
            self.line.transport.abort()
            return True
        return False

    def reload(self):
        """Somebody presses F5: whatever the page held is gone, and the server renders it anew."""
        self.reloading = self.cut()
        return self.reloading

    # What comes ------------------------------------------------------------------------------------------------------

    def _hear(self, frame):
        if self.deaf:
            return
        kind = frame["type"]
        if kind == "hello":
            self._arrived()
        if kind in {"hello", "beat"}:
            for each in frame["conversations"]:
                self._compare(kind, each)
        elif frame.get("conversation_id") not in self.feeds:
            self._elsewhere(frame)
        elif kind in {"new_message", "message_updated"}:
            self._message(frame)
        elif kind == "conversation_updated":
            feed = self.feeds[frame["conversation_id"]]
            feed.version = max(feed.version, frame["version"])

    def _arrived(self):
        self.reconnects.append(self.clock())
        self.comeback.greeted()
        self._poll(False)
        self.live.set()
        for room in self.rooms:
            self._begin(self.line.send(as_frame(type="watch", conversation_id=room)))
            if self.audience == "agents":
                # The agents' hello names no conversation: the thread on screen is asked for, as on its first load.
                self.recoveries[room].ask("hello")

    def _message(self, frame):
        feed = self.feeds[frame["conversation_id"]]
        feed.place(Line.of_frame(frame), "frame")
        if 'class="message message--agent message--note"' in frame["html"] and self.audience == "employee":
            self.foreign.append(f"note {frame['seq']} in {frame['conversation_id']}")
        if feed.has_gap:
            self.recoveries[frame["conversation_id"]].ask("gap")

    def _elsewhere(self, frame):
        if self.audience == "employee" and "conversation_id" in frame:
            self.foreign.append(f"{frame['type']} of {frame['conversation_id']}")
        elif frame["type"] not in {"new_message", "message_updated", *HINTS}:
            self.foreign.append(f"a frame that no page knows: {frame['type']}")

    def _compare(self, kind, numbers):
        room = numbers["conversation_id"]
        if room not in self.feeds:
            self.foreign.append(f"numbers of {room}")
        elif self.feeds[room].is_behind(numbers["seq"], numbers["version"]):
            self.recoveries[room].ask(kind)

    # What is asked for -----------------------------------------------------------------------------------------------

    async def _next_page(self, room, why):
        """→ whether there is more. Raises NotNow."""
        feed = self.feeds[room]
        after, since = feed.end, feed.asked_version
        path, query = reading_address(self.audience, room)
        try:
            answer = await self.member.get(path, **query, after=after, since=since)
        except Broken:
            raise NotNow(0) from None
        if not answer.ok:
            raise NotNow(None if answer.status in LASTING else float(answer.headers.get("retry-after", 0)))
        page = answer.json()
        for message in page["messages"]:
            feed.place(Line.of_json(message), why)
        feed.asked_version = max([feed.asked_version, *(each["version"] for each in page["messages"])])
        return page["has_more"] and (feed.end > after or feed.asked_version > since)

    def _poll(self, on):
        if on and self._polling is None:
            self._polling = self._begin(self._polls())
        elif not on and self._polling is not None:
            self._polling.cancel()
            self._polling = None

    async def _polls(self):
        while True:
            for room in self.rooms:
                self.recoveries[room].ask("poll")
            await asyncio.sleep(POLL)

    async def _reads(self):
        """Tell what stood on the screen for a second, as long as the line is there."""
        told = {}
        while True:
            ends = {room: feed.end for room, feed in self.feeds.items()}
            await asyncio.sleep(READING)
            for room, end in ends.items():
                if end > told.get(room, 0) and self.live.is_set() and self.audience == "employee":
                    told[room] = end
                    self._begin(self.line.send(as_frame(type="read", conversation_id=room, seq=end)))

    def _begin(self, work):
        async def quietly():
            try:
                return await work
            except (ConnectionClosed, OSError):
                return None

        task = asyncio.ensure_future(quietly())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    # The end ---------------------------------------------------------------------------------------------------------

    def holds(self, room, last_seq):
        return self.feeds[room].end >= last_seq

    def record(self):
        shown = {room: feed.shown for room, feed in self.feeds.items()}
        contradictions = [each for feed in self.feeds.values() for each in feed.contradictions]
        return PageRecord(self.name, self.audience, shown, self.foreign, contradictions)

    async def close(self):
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
