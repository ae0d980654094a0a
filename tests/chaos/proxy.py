"""A network between real browsers and a real server, which loses, delays, doubles and cuts, by a seed.

    with Proxy("http://127.0.0.1:8000", seed=7) as network:
        browser.goto(network.url)
        network.storm()
        ...
        network.calm()
        print(network.report())

It knows HTTP/1.1 as far as it must to tell a request from its answer. A page, its scripts and the sign-in come through
whatever the weather: who gets no page presses reload, which is no affair of the product's.
"""

import asyncio
import threading
from collections import Counter
from dataclasses import dataclass
from random import Random
from urllib.parse import urlsplit

START = 10.0  # seconds for the proxy to listen
HEAD = 64 * 1024  # bytes of one request's or answer's head


@dataclass(frozen=True)
class Weather:
    """Of a hundred requests so many meet each kind. `sockets`: seconds that a WebSocket lives, from and to."""

    request_lost: int = 20
    answer_lost: int = 20
    delayed: int = 20
    doubled: int = 15  # of the POSTs
    delay: tuple = (0.05, 0.5)  # seconds
    sockets: tuple = (0.3, 3.0)


@dataclass
class Request:
    """`head`: its lines up to and with the empty one, as bytes; `fields`: its headers by lower-case name."""

    head: bytes
    fields: dict
    body: bytes = b""

    @property
    def line(self):
        return self.head.split(b"\r\n", 1)[0].decode("latin-1")

    @property
    def is_socket(self):
        return self.fields.get("upgrade", "").lower() == "websocket"

    @property
    def is_ours_to_break(self):
        """What a script asks for; pages, their parts and the sign-in are spared."""
        asks = self.fields.get("sec-fetch-mode") not in ("navigate", "no-cors")
        return asks and self.line.split(" ")[1].startswith(("/itdesk/", "/agent/", "/uploads/"))

    def for_one_answer(self):
        """The same with the wish that the server closes behind its answer, so that its end is easy to see."""
        lines = [each for each in self.head.split(b"\r\n") if not each.lower().startswith(b"connection:")]
        return b"\r\n".join([*lines[:-2], b"Connection: close", b"", b""]) + self.body


class Proxy:
    """`counts`: how often each kind struck. Runs on a loop of its own, in a thread of its own."""

    def __init__(self, server, seed, weather=None):
        self._server = (urlsplit(server).hostname, urlsplit(server).port)
        self.weather, self.seed = weather or Weather(), seed
        self.counts, self.said = Counter(), []
        self._chance, self._bad = Random(seed), False  # replays by seed, as far as requests come in the same order
        self._sockets, self._tasks = set(), set()
        self._loop, self._listens = asyncio.new_event_loop(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="proxy", daemon=True)

    def __enter__(self):
        self._thread.start()
        if not self._listens.wait(START):
            raise RuntimeError("the proxy does not listen")
        return self

    def __exit__(self, *_):
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(START)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(START)
        self._loop.close()

    def storm(self):
        """From now on things get lost; open sockets are cut within `weather.sockets`."""
        self._loop.call_soon_threadsafe(self._break_out)

    def calm(self):
        """Everything comes through again."""
        self._bad = False

    def report(self):
        """One line of what it did."""
        return f"seed {self.seed}: " + ", ".join(f"{self.counts[kind]} {kind}" for kind in sorted(self.counts))

    # The listener ----------------------------------------------------------------------------------------------------

    def _run(self):
        asyncio.set_event_loop(self._loop)
        self._listener = self._loop.run_until_complete(asyncio.start_server(self._serve, "127.0.0.1", 0, limit=HEAD))
        self.url = f"http://127.0.0.1:{self._listener.sockets[0].getsockname()[1]}"
        self._listens.set()
        self._loop.run_forever()

    async def _end(self):
        self._listener.close()
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _serve(self, reader, writer):
        """One connection of a browser: one request, one answer, or one socket."""
        task = asyncio.current_task()
        self._tasks.add(task)
        try:
            request = await read_request(reader)
            await (self._socket if request.is_socket else self._exchange)(request, reader, writer)
        except (OSError, EOFError, asyncio.LimitOverrunError):
            return  # one side went away: so does the other
        finally:
            self._tasks.discard(task)
            writer.close()

    # Requests --------------------------------------------------------------------------------------------------------

    async def _exchange(self, request, reader, writer):
        for kind in self._fate(request):
            self._count(kind, request)
            if kind == "request lost":
                return
            if kind == "answer lost":
                await self._ask(request)
                return
            if kind == "delayed":
                await asyncio.sleep(self._chance.uniform(*self.weather.delay))
            if kind == "doubled":
                await self._ask(request)
        writer.write(await self._ask(request))
        await writer.drain()

    def _fate(self, request):
        """The kinds that strike this request, in their order."""
        if not (self._bad and request.is_ours_to_break):
            return ["passed"]
        shares = {"request lost": self.weather.request_lost, "answer lost": self.weather.answer_lost}
        drawn = self._chance.uniform(0, 100)
        for kind, share in shares.items():
            drawn -= share
            if drawn < 0:
                return [kind]
        kinds = ["delayed"] if self._chance.uniform(0, 100) < self.weather.delayed else []
        if request.line.startswith("POST ") and self._chance.uniform(0, 100) < self.weather.doubled:
            kinds.append("doubled")
        return kinds or ["passed in the storm"]

    async def _ask(self, request):
        """The whole answer of the server, as bytes."""
        reader, writer = await asyncio.open_connection(*self._server)
        try:
            writer.write(request.for_one_answer())
            return await reader.read()
        finally:
            writer.close()

    def _count(self, kind, request):
        self.counts[kind] += 1
        if kind != "passed":
            self.said.append(f"{kind}: {request.line}")

    # Sockets ---------------------------------------------------------------------------------------------------------

    async def _socket(self, request, reader, writer):
        theirs, ours = await asyncio.open_connection(*self._server)
        ours.write(request.head)
        line = (writer, ours)
        self._sockets.add(line)
        if self._bad:
            self._cut_soon(line)
        try:
            await asyncio.gather(pump(reader, ours), pump(theirs, writer))
        finally:
            self._sockets.discard(line)
            ours.close()

    def _break_out(self):
        self._bad = True
        for line in self._sockets:
            self._cut_soon(line)

    def _cut_soon(self, line):
        self._loop.call_later(self._chance.uniform(*self.weather.sockets), self._cut, line)

    def _cut(self, line):
        if self._bad and line in self._sockets:
            self.counts["socket cut"] += 1
            for end in line:
                end.transport.abort()


async def pump(reader, writer):
    """Everything from one side to the other, and the end as well."""
    while block := await reader.read(HEAD):
        writer.write(block)
        await writer.drain()
    writer.close()


async def read_request(reader):
    """One request with its body. Raises EOFError when the browser had nothing to say."""
    head = await reader.readuntil(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")[1:-2]
    fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    return Request(head, fields, await reader.readexactly(int(fields.get("content-length", 0))))
