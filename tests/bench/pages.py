"""How pages cost as the desk grows: `python -m tests.bench pages [--sizes 1000 100000] [--setup sqlite] [--rounds N]`.

One server per size runs at the same moment and the requests go round among them, so that whatever else the machine does
meets them all. `--use 1000000=URL` takes a database that is filled already.
"""

import argparse
import http.client
import json
import subprocess
import sys
import time
from contextlib import ExitStack

from tests.processes import ROOT, Server, free_port
from tests.stack.installation import Installation, OwnDatabase, redis_address

from . import cost

SIZES = [1000, 100_000, 1_000_000]
CONVERSATION = 10  # messages, on average
TARGETS = {"console": 60, "inbox": 60, "thread": 30, "after": 30, "desk": 30, "desk after": 30}  # ms of the p95
FRAGMENT = {"Accept": "text/html", "HX-Request": "true"}


class Place:
    """One server beside so many messages."""

    def __init__(self, size, setup, use, stack):
        self.size, self.times = size, {name: [] for name in TARGETS}
        own = stack.enter_context(OwnDatabase()).url if setup == "postgres" and not use else use
        made = Installation(own or "", redis_address() if setup == "postgres" else "")
        stack.callback(made.end)
        self.environment = {**made.environment, "WECOM_SIMULATOR": "true"}
        self._manage("migrate", "--verbosity=0")
        if not use:
            self._manage("seed_messages", "--conversations", size // CONVERSATION, "--messages", size)
        self._manage("collectstatic", "--noinput", "--verbosity=0")
        readers = subprocess.run(
            [sys.executable, "-m", "tests.bench.readers"],
            cwd=ROOT,
            env=self.environment,
            check=True,
            capture_output=True,
        )
        self.known = json.loads(readers.stdout.splitlines()[-1])
        self.server = Server(self.environment, "--no-worker", port=free_port())
        stack.callback(self.server.kill)
        self.line = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=60)

    def _manage(self, *arguments):
        command = [sys.executable, "manage.py", *map(str, arguments)]
        subprocess.run(command, cwd=ROOT, env=self.environment, check=True)

    @property
    def pages(self):
        known = self.known
        thread = f"/agent/conversations/{known['conversation_id']}"
        desk = f"/itdesk/messages?conversation_id={known['conversation_id']}"
        return {
            "console": ("agent", "/agent/?view=all"),
            "inbox": ("agent", "/agent/conversations?view=all"),
            "thread": ("agent", f"{thread}/"),
            "after": ("agent", f"{thread}/messages?after={known['middle']}"),
            "desk": ("employee", f"/itdesk/c/{known['conversation_id']}/"),
            "desk after": ("employee", f"{desk}&after={known['middle']}"),
        }

    def ask(self, name):
        who, path = self.pages[name]
        headers = {"Cookie": self.known[who]}
        if name not in ("console", "desk"):
            headers |= FRAGMENT
        begun = time.perf_counter()
        self.line.request("GET", path, headers=headers)
        answer = self.line.getresponse()
        answer.read()
        assert answer.status == 200, f"{path}: {answer.status}"
        return (time.perf_counter() - begun) * 1000

    def processor(self):
        return cost.cpu([self.server.process.pid])


def part(times, share):
    return sorted(times)[min(len(times) - 1, int(len(times) * share))]


def measure(places, rounds):
    for place in places:
        for name in TARGETS:
            for _ in range(5):
                place.ask(name)
    costs = {}
    for name in TARGETS:
        before = [place.processor() for place in places]
        for _ in range(rounds):
            for place in places:
                place.times[name].append(place.ask(name))
        costs[name] = [(place.processor() - at) * 1000 / rounds for place, at in zip(places, before, strict=True)]
    return costs


def print_table(setup, places, costs):
    sizes = " | ".join(f"{place.known['messages']:,}: p50 / p95 / CPU ms" for place in places)
    print(f"\n| {setup} | {sizes} | p50, p95, CPU: largest / smallest | target |\n|---|" + "---:|" * (len(places) + 2))
    for name, target in TARGETS.items():
        cells = [
            f"{part(place.times[name], 0.5):.1f} / {part(place.times[name], 0.95):.1f} / {spent:.1f}"
            for place, spent in zip(places, costs[name], strict=True)
        ]
        least, most = places[0].times[name], places[-1].times[name]
        ratios = [part(most, share) / part(least, share) for share in (0.5, 0.95)] + [costs[name][-1] / costs[name][0]]
        met = "met" if ratios[1] <= 1.2 and part(most, 0.95) <= target else "missed"
        words = ", ".join(f"{ratio:.2f}" for ratio in ratios)
        print(f"| {name} | {' | '.join(cells)} | {words} | ≤ {target} ms, ≤ 1.2: {met} |", flush=True)


def main(arguments):
    parser = argparse.ArgumentParser(prog="python -m tests.bench pages", description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", nargs="+", type=int, default=SIZES)
    parser.add_argument("--setup", nargs="+", choices=["sqlite", "postgres"], default=["sqlite", "postgres"])
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--use", nargs="+", default=[], metavar="SIZE=URL", help="databases that are filled already")
    options = parser.parse_args(arguments)
    used = dict(each.split("=", 1) for each in options.use)
    for setup in options.setup:
        with ExitStack() as stack:
            places = [Place(size, setup, used.get(str(size), ""), stack) for size in options.sizes]
            print_table(setup, places, measure(places, options.rounds))
