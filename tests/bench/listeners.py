"""A process that holds N sockets and checks what each of them hears: `python -m tests.bench.listeners < job`.

First line in: the job, `{"places": [{"host", "port", "path", "cookie"}, …], "greeted": bool, "run": int}` (a place that
is marked `own` is a sender's own page, which is there but not counted); out:
`{"seconds"}` it took until all were open (`greeted`: had heard `hello`). Second line in: `{"sent": {sender: how many}}`
or an empty object for "as many as come", with `"patience"` in seconds; out: what was heard, and the line after is the end.
"""

import contextlib
import errno
import json
import os
import select
import socket
import sys
import time
from array import array
from collections import Counter

from . import stamp, wire

AT_ONCE = 32  # handshakes under way at the same time
NEW, ID = b'"new_message"', b'"client_id"'


class Ear:
    """One socket: what it has read of a frame, and the last number heard of each sender."""

    __slots__ = ("socket", "place", "rest", "last", "missing", "shaken")

    def __init__(self, connection, place):
        self.socket, self.place, self.rest, self.shaken = connection, place, b"", False
        self.last, self.missing = {}, set()


class Hall:
    """All ears of this process on one epoll."""

    def __init__(self, job):
        self.places, self.greeted, self.run = list(job["places"]), job["greeted"], job["run"]
        self.epoll, self.ears = select.epoll(), {}
        self.waiting = None
        self.open = self.doubled = self.late = self.frames = self.heard = self.other = 0
        self.codes = Counter()
        self.delays = array("d")  # seconds from just before the POST to here
        self.last_at = time.monotonic_ns()

    def connect_all(self):
        """→ seconds until every socket was open"""
        began, target = time.monotonic(), len(self.places)
        self.waiting = list(reversed(self.places))
        while self.open < target:
            while self.waiting and len(self.ears) - self.open < AT_ONCE:
                self._begin(self.waiting.pop())
            self.turn(1.0)
            if time.monotonic() - began > 120:
                raise SystemExit(f"{self.open} of {target} sockets opened, closed: {self.codes}")
        self.waiting = None
        return time.monotonic() - began

    def _begin(self, place):
        connection = socket.socket()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.connect((place["host"], place["port"]))
        connection.sendall(wire.handshake(place["host"], place["port"], place["path"], place["cookie"]))
        connection.setblocking(False)
        self.ears[connection.fileno()] = Ear(connection, place)
        self.epoll.register(connection.fileno(), select.EPOLLIN)

    def turn(self, timeout):
        """Read whatever has arrived."""
        for number, _event in self.epoll.poll(timeout):
            if number in self.ears:
                self._read(self.ears[number])

    def _read(self, ear):
        try:
            data = ear.socket.recv(262_144)
        except OSError as error:
            if error.errno == errno.EAGAIN:
                return
            data = b""
        if not data:
            return self._lost(ear, None)
        ear.rest = data = ear.rest + data
        if not ear.shaken:
            head, found, data = data.partition(b"\r\n\r\n")
            if not found:
                return
            if b" 101 " not in head[:20]:
                raise SystemExit(f"no socket: {head[:300]!r}")
            ear.shaken = True
            if not self.greeted:
                self.open += 1
        found, used = wire.frames(data)
        ear.rest = data[used:]
        for opcode, payload in found:
            self._frame(ear, opcode, payload)

    def _frame(self, ear, opcode, payload):
        if opcode == wire.TEXT:
            self.frames += 1
            if "own" in ear.place and NEW in payload[:30]:
                return None
            if NEW in payload[:30]:
                at = payload.index(ID) + len(ID)
                at = payload.index(b'"', at) + 1
                return self._message(ear, payload[at : at + 36])
            self.other += 1
            if b'"hello"' in payload[:30]:
                self.open += 1
        elif opcode == wire.PING:
            ear.socket.send(wire.masked(wire.PONG, payload))
        elif opcode == wire.CLOSE:
            self._lost(ear, int.from_bytes(payload[:2], "big"))

    def _message(self, ear, client_id):
        run, sender, number, sent_at = stamp.read(client_id)
        if run != self.run & 0xFFFF:
            return
        last = ear.last.get(sender, 0)
        if number > last:
            ear.missing.update((sender, each) for each in range(last + 1, number))
            ear.last[sender] = number
        elif (sender, number) in ear.missing:
            ear.missing.discard((sender, number))
            self.late += 1
        else:
            self.doubled += 1
            return
        self.heard += 1
        self.last_at = now = time.monotonic_ns()
        self.delays.append((now - sent_at) / 1e9)

    def _lost(self, ear, code):
        if ear.socket.fileno() in self.ears:
            self.epoll.unregister(ear.socket.fileno())
            del self.ears[ear.socket.fileno()]
            self.codes[code] += 1
            if self.waiting is not None:
                self.waiting.append(ear.place)  # the server let it wait too long; it comes again, and the clock runs on
        ear.socket.close()

    def listen(self, commands):
        """Listen until the next command says how much was sent, and then until it is all here or patience ends."""
        self.epoll.register(commands, select.EPOLLIN)
        line = b""
        while not line.endswith(b"\n"):
            for number, _event in self.epoll.poll(1.0):
                if number == commands:
                    line += os.read(commands, 65_536) or b"{}\n"  # nobody is there any more
                elif number in self.ears:
                    self._read(self.ears[number])
        self.epoll.unregister(commands)
        order = {"sent": {}, "patience": 0, **json.loads(line)}
        expected = sum(order["sent"].values()) * sum("own" not in each for each in self.places)
        deadline = time.monotonic() + order["patience"]
        while self.heard < expected and time.monotonic() < deadline:
            self.turn(0.2)
        if order["sent"]:
            self.turn(0.3)  # what would be doubled comes late
        return self.report(expected)

    def report(self, expected):
        usage = os.times()
        delays = sorted(self.delays)
        return {
            "expected": expected,
            "heard": self.heard,
            "lost": expected - self.heard,
            "doubled": self.doubled,
            "out_of_order": self.late,
            "frames": self.frames,
            "closed": {str(code): count for code, count in self.codes.items()},
            "last_at": self.last_at,
            "cpu": usage.user + usage.system,
            "delays": delays[:: max(1, len(delays) // 20_000)] + delays[-1:],
        }

    def end(self):
        for ear in list(self.ears.values()):
            with contextlib.suppress(OSError):
                ear.socket.send(wire.masked(wire.CLOSE))
                ear.socket.close()


def main():
    hall = Hall(json.loads(sys.stdin.buffer.raw.readline()))
    say({"seconds": hall.connect_all()})
    say(hall.listen(sys.stdin.fileno()))
    hall.end()


def say(answer):
    print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
