"""Many people who only have the desk open: `python -m tests.bench idle [--employees 2000] [--agents 30] [--setup …]`.

Says what their sockets cost: memory each, processor time while nothing happens (beats and pings included), and how a
send fares beside them and without them.
"""

import argparse
import asyncio
import json
import subprocess
import sys
import threading
import time
import uuid

import requests
from websockets.asyncio.client import connect

from tests.processes import PAUSE, ROOT
from tests.stack.installation import Installation, OwnDatabase, redis_address

from . import cost
from .pages import part

SENDS = 60
AT_ONCE = 16  # handshakes
QUIET = 55  # seconds: two beats, two pings, and with the in-memory layer many looks at rights


def sends(server, person):
    """Milliseconds of each of SENDS messages, one after the other; and the processor time of one."""
    line = requests.Session()
    line.headers.update({"Cookie": person["cookie"], "X-CSRFToken": person["csrf"], "Accept": "application/json"})
    before, times = cost.cpu([server.process.pid]), []
    for number in range(SENDS):
        fields = {"client_id": uuid.uuid4(), "content": f"第 {number} 句", "conversation_id": person["conversation_id"]}
        begun = time.perf_counter()
        answer = line.post(f"{server.url}/itdesk/messages", data=fields, timeout=30)
        times.append((time.perf_counter() - begun) * 1000)
        assert answer.status_code == 201, answer.text
    return times, (cost.cpu([server.process.pid]) - before) * 1000 / SENDS


class Pages:
    """Open sockets on a loop of their own, which answers pings; `open` returns when all have been greeted."""

    def __init__(self):
        self.loop = asyncio.new_event_loop()
        threading.Thread(target=self.loop.run_forever, daemon=True).start()
        self.lines = []

    def open(self, server, places):
        asyncio.run_coroutine_threadsafe(self._open_all(server, places), self.loop).result()

    async def _open_all(self, server, places):
        door = asyncio.Semaphore(AT_ONCE)

        async def one(path, cookie):
            async with door:
                line = await connect(
                    server.url.replace("http", "ws", 1) + path,
                    additional_headers={"Cookie": cookie},
                    open_timeout=120,
                    ping_interval=None,
                    max_queue=None,
                    compression=None,
                )
                assert json.loads(await line.recv())["type"] == "hello"
                self.lines.append(line)

        await asyncio.gather(*(one(*place) for place in places))

    def count(self):
        """How many are open still."""
        return sum(line.close_code is None for line in self.lines)


def measure(setup, employees, agents):
    made = Installation("", "") if setup == "sqlite" else None
    database = None if made else OwnDatabase().__enter__()
    made = made or Installation(database.url, redis_address())
    try:
        made.manage("migrate", "--verbosity=0")
        command = [sys.executable, "-m", "tests.bench.people", str(agents), str(employees)]
        said = subprocess.run(
            command, cwd=ROOT, env=made.environment, check=True, capture_output=True, text=True
        ).stdout
        people = json.loads(said.splitlines()[-1])
        server = made.serve(0, "--no-worker")
        report(setup, server, people)
    finally:
        made.end()
        if database:
            database.__exit__()


def report(setup, server, people):
    pids = [server.process.pid]
    alone, alone_cpu = sends(server, people["employees"][0])
    before = cost.memory(pids)["rss"]
    places = [("/ws/desk/", each["cookie"]) for each in people["employees"]]
    places += [("/ws/agent/", cookie) for cookie in people["agents"]]
    begun, used = time.perf_counter(), cost.cpu(pids)
    pages = Pages()
    pages.open(server, places)
    took, spent = time.perf_counter() - begun, cost.cpu(pids) - used
    each = (cost.memory(pids)["rss"] - before) / len(places)
    begun, used = time.perf_counter(), cost.cpu(pids)
    PAUSE.wait(QUIET)
    idle = (cost.cpu(pids) - used) / (time.perf_counter() - begun)
    beside, beside_cpu = sends(server, people["employees"][0])
    print(f"\n{setup}: {len(people['employees'])} employees and {len(people['agents'])} agents look on")
    print(f"  memory           {before / 1024:.0f} MiB before, {each:.1f} KiB a socket")
    print(f"  connecting       {len(places) / took:.0f} a second, {spent * 1000 / len(places):.1f} ms CPU each")
    print(f"  while idle       {idle * 100:.1f} % of one processor")
    print(f"  a send alone     p50 {part(alone, 0.5):.1f}, p95 {part(alone, 0.95):.1f} ms, CPU {alone_cpu:.1f} ms")
    print(f"  a send beside    p50 {part(beside, 0.5):.1f}, p95 {part(beside, 0.95):.1f} ms, CPU {beside_cpu:.1f} ms")
    print(f"  still open       {pages.count()} of {len(places)}", flush=True)


def main(arguments):
    parser = argparse.ArgumentParser(prog="python -m tests.bench idle", description=__doc__.splitlines()[0])
    parser.add_argument("--employees", type=int, default=2000)
    parser.add_argument("--agents", type=int, default=30)
    parser.add_argument("--setup", nargs="+", choices=["sqlite", "postgres"], default=["sqlite", "postgres"])
    options = parser.parse_args(arguments)
    for setup in options.setup:
        measure(setup, options.employees, options.agents)
