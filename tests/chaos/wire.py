"""The least of an HTTP client on the loop: connections are kept, nothing is tried twice, whatever goes wrong is Broken."""

import asyncio
import json
from dataclasses import dataclass

TIMEOUT = 15.0  # seconds, as in http.js
LOST_AFTER = 0.02  # seconds: the server has begun, and hears in the middle that nobody waits any more
LIMIT = 4 * 1024 * 1024  # bytes of one line; heads are short, bodies are read by length


class Broken(Exception):
    """The request did not arrive, or its answer did not: whether it took effect is unknown."""


@dataclass
class Answer:
    status: int
    headers: dict
    body: bytes

    @property
    def ok(self):
        return 200 <= self.status < 300

    def json(self):
        return json.loads(self.body)


class Wire:
    """Connections to the web processes of one stack. As a balancer would, it takes the next when one refuses."""

    def __init__(self, ports):
        self.ports = list(ports)
        self._idle = {port: [] for port in self.ports}
        self._turn = 0

    async def ask(self, request, *, lose_answer=False, patience=TIMEOUT):
        """`request`: (method, path, headers dict, body bytes); `patience` in seconds. Raises Broken."""
        try:
            async with asyncio.timeout(patience):
                return await self._exchange(request, lose_answer)
        except (OSError, EOFError, ValueError, TimeoutError, asyncio.LimitOverrunError) as error:
            raise Broken(type(error).__name__) from None

    async def _exchange(self, request, lose_answer):
        port, reader, writer = await self._connection()
        kept = False
        try:
            writer.write(as_bytes(port, *request))
            await writer.drain()
            if lose_answer:
                # The whole request is on its way, and nobody is there to hear the answer.
                await asyncio.sleep(LOST_AFTER)
                raise EOFError
            answer = await read_answer(reader)
            kept = answer.headers.get("connection", "").lower() != "close"
            return answer
        finally:
            if kept:
                self._idle[port].append((reader, writer))
            else:
                writer.close()

    async def _connection(self):
        self._turn += 1
        refused = None
        for offset in range(len(self.ports)):
            port = self.ports[(self._turn + offset) % len(self.ports)]
            while self._idle[port]:
                reader, writer = self._idle[port].pop()
                if not (reader.at_eof() or writer.is_closing()):
                    return port, reader, writer
                writer.close()
            try:
                return port, *await asyncio.open_connection("127.0.0.1", port, limit=LIMIT)
            except OSError as error:
                refused = error
        raise refused

    def close(self):
        for idle in self._idle.values():
            while idle:
                idle.pop()[1].close()


def as_bytes(port, method, path, headers, body):
    head = {"Host": f"127.0.0.1:{port}", "Content-Length": str(len(body)), **headers}
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in head.items()), "", ""]
    return "\r\n".join(lines).encode() + body


async def read_answer(reader):
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])}
    status = int(head[0].split(" ", 2)[1])
    if headers.get("transfer-encoding") == "chunked":
        return Answer(status, headers, await read_chunks(reader))
    return Answer(status, headers, await reader.readexactly(int(headers.get("content-length", 0))))


async def read_chunks(reader):
    body = b""
    while size := int(await reader.readuntil(b"\r\n"), 16):
        body += (await reader.readexactly(size + 2))[:-2]
    await reader.readuntil(b"\r\n")
    return body
