"""Pages that send nonsense, send too much, or read nothing: only they feel it."""

import base64
import contextlib
import json
import os
import random
import re
import socket
import struct
import sys
import uuid
from pathlib import Path

import pytest

from tests.processes import Process, free_port, until

from .people import Employee

MIB = 1024 * 1024
NONSENSE = 400  # frames; MANY_FRAMES=50000 for a long night
BAD_FRAME = {"type": "error", "error": "bad_frame"}
TEXT, BINARY, PING = 0x1, 0x2, 0x9
CONTINUED = 0x0


def memory(process):
    """Bytes that the process holds in memory now."""
    lines = Path(f"/proc/{process.process.pid}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmRSS:"))


class RawPage:
    """A socket that speaks the protocol by hand, and reads only when it is told to."""

    def __init__(self, server, person=None, path="/ws/desk/", receive_buffer=None):
        self.line = socket.socket()
        if receive_buffer:
            self.line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.line.settimeout(20)
        self.line.connect(("127.0.0.1", server.port))
        key = base64.b64encode(os.urandom(16)).decode()
        cookies = "; ".join(f"{each.name}={each.value}" for each in person.http.cookies) if person else ""
        self.line.sendall(
            f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\nCookie: {cookies}\r\n\r\n".encode()
        )
        self.heard = b""
        while b"\r\n\r\n" not in self.heard or (person and b'"hello"' not in self.heard):
            self.heard += self.line.recv(65536)

    def send(self, kind, payload=b"", final=True):
        """One frame, masked with zeros."""
        length = len(payload)
        size = bytes([0x80 | length]) if length < 126 else bytes([0xFE]) + struct.pack("!H", length)
        self.line.sendall(bytes([(0x80 if final else 0) | kind]) + size + bytes(4) + payload)

    def flood(self, kind, payload, final=True, most=20_000):
        """Send until the server has had enough, and read nothing. → how many it took; `most` when it never had."""
        for number in range(most):
            try:
                self.send(kind if final or number == 0 else CONTINUED, payload, final)
            except OSError:
                return number
        return most

    def rest(self):
        """Everything until the server ends the connection. TimeoutError when it does not."""
        with contextlib.suppress(ConnectionResetError):
            while part := self.line.recv(65536):
                self.heard += part
        return self.heard

    def close(self):
        self.line.close()


def nonsense(chance):
    """One frame that means nothing, of one of many kinds."""
    known = str(uuid.UUID(int=chance.getrandbits(128)))
    return chance.choice(
        [
            "",
            "null",
            "[]",
            "{}",
            "NaN",
            "1e999",
            "-" + "9" * chance.randrange(1, 4000),
            "[" * chance.randrange(1, 4090),
            '{"type":' * chance.randrange(1, 500),
            json.dumps({"type": "__class__", "conversation_id": known}),
            json.dumps({"type": "websocket_disconnect", "conversation_id": known}),
            json.dumps({"type": "watch"}),
            json.dumps(
                {"type": "watch", "conversation_id": chance.choice([None, 1, [known], {"a": 1}, "\ud800", "0" * 99])}
            ),
            json.dumps({"type": chance.choice([None, 1, ["watch"], {"watch": 1}, "\udfff"]), "conversation_id": known}),
            '{"type": "read", "conversation_id": NaN, "seq": 1}',
            '{"type": "typing", "conversation_id": "\\ud83d"}',
            bytes(chance.getrandbits(8) for _ in range(chance.randrange(300))),
            "".join(chr(chance.choice([0, 9, 65, 0x4E00, 0x1F600, 0xFFFF])) for _ in range(chance.randrange(1, 900))),
        ]
    )


def harmless(chance):
    """One frame whose shape is right and whose values are absurd; it changes nothing and tells nothing."""
    number = chance.choice([float("nan"), float("inf"), -1, 2**31, 10**400, 1.5, True, None, "1", [], {"seq": 1}])
    kind = chance.choice(["read", "typing", "unwatch"])
    return json.dumps({"type": kind, "conversation_id": str(uuid.uuid4()), "seq": number, "internal": number})


def test_nonsense_is_answered_in_one_way_and_leaves_no_trace(embedded):
    zhangwei, chance = Employee("zhangwei", embedded.a), random.Random(int(os.environ.get("SEED", "20261125")))
    left = int(os.environ.get("MANY_FRAMES", NONSENSE))
    while left > 0:
        with zhangwei.listen(embedded.a) as page:
            for _ in range(9):
                page.line.send(harmless(chance))
                page.line.send(nonsense(chance))
                left -= 2
            for _ in range(9):
                page.hear("error", seconds=10)
            others = [each for each in page.heard if each["type"] not in {"hello", "beat"}]
            assert others == [BAD_FRAME] * 9
    for never in ("Traceback", "ERROR", "Exception"):
        assert never not in embedded.a.words


@pytest.mark.parametrize("frame", [b"\xff\xfe\xfd", b"x" * 5000])
def test_what_is_no_text_or_too_long_ends_the_socket(embedded, frame):
    page = RawPage(embedded.a, Employee("zhangwei", embedded.a))
    page.send(TEXT, frame)
    page.rest()
    assert "Traceback" not in embedded.a.words


def test_a_flood_is_cut_within_two_seconds_and_costs_no_memory(embedded, stopwatch):
    zhangwei, lina = Employee("zhangwei", embedded.a), Employee("lina", embedded.a)
    asked = lina.ask(embedded.a, "别人的请求")
    with lina.listen(embedded.a) as bystander:
        before = memory(embedded.a)
        for kind, payload, final in [
            (TEXT, b'{"type": "typing", "conversation_id": "x"}', True),
            (TEXT, b"x" * 4096, True),
            (BINARY, b"x" * 4096, True),
            (PING, b"x" * 125, True),
            (TEXT, b"", False),
        ]:
            page = RawPage(embedded.a, zhangwei)
            since = stopwatch()
            page.flood(kind, payload, final)
            heard = page.rest()
            assert since() < 2.5, f"{kind} {final}"
            assert struct.pack("!H", 4429) in heard
        assert memory(embedded.a) - before < 20 * MIB
        assert lina.say(embedded.a, "还在", conversation_id=asked["conversation_id"]).status_code == 201
        bystander.hear("new_message", seconds=5, seq=2)


@pytest.fixture
def firehose(_embedded):
    """Our server before an application that writes 300 MB to each page, and says what became of it."""
    port = free_port()
    process = Process([sys.executable, "-m", "tests.stack.firehose", str(port)], _embedded.environment)
    process.port = port
    until(lambda: "listening" in process.words, 40, "the firehose")
    yield process
    process.kill()


def test_a_page_that_reads_nothing_is_cut_and_costs_no_memory(firehose):
    before = memory(firehose)
    frozen = RawPage(firehose)
    until(lambda: "waits" in firehose.words, what="waiting for the reader")
    taken = int(re.search(r"waits after (\d+) bytes", firehose.words)[1])
    assert taken < MIB, "more than that lies in the buffers of one page"
    # Its pings come each second here; the desk sends one after 20 s and waits for 30.
    until(lambda: "cut" in firehose.words, what="the cut of a page that answers no ping")
    assert memory(firehose) - before < 30 * MIB
    assert len(frozen.rest()) < MIB


def test_strangers_at_the_door_are_sent_off_and_cost_nothing(embedded, stopwatch):
    before, since = memory(embedded.a), stopwatch()
    for _ in range(150):
        page = RawPage(embedded.a)
        while struct.pack("!H", 4401) not in page.heard:
            page.heard += page.line.recv(4096)
        page.close()
    assert since() < 15
    assert memory(embedded.a) - before < 20 * MIB
    assert "Traceback" not in embedded.a.words
