"""One round against one stand: listeners in one process, senders in another, what the servers cost meanwhile."""

import json
import random
import subprocess
import sys
import time
from statistics import median

from tests.processes import ROOT

from . import cost

PATIENCE = 40  # seconds that a round waits for what is still under way


class Helper:
    """A process of the load: takes lines of JSON, gives lines of JSON."""

    def __init__(self, module, job):
        command = [sys.executable, "-m", f"tests.bench.{module}"]
        self.process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)
        self.tell(job)

    def tell(self, order):
        self.process.stdin.write(json.dumps(order).encode() + b"\n")

    def hear(self):
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit("a process of the load ended; its words stand above")
        return json.loads(line)

    def end(self):
        self.process.stdin.close()
        self.process.wait(30)


def round_of(stand, *, listeners, senders, seconds, rate=0, patience=PATIENCE):
    """→ a dict of one round's figures; times in milliseconds, costs in microseconds"""
    run = random.getrandbits(16)
    places = stand.own_pages(senders) + stand.ears(listeners)
    hall = Helper("listeners", {"places": places, "greeted": stand.greeted, "run": run})
    try:
        before = cost.cpu(stand.pids)
        connected = hall.hear()["seconds"]
        connecting = cost.cpu(stand.pids) - before
        began = cost.cpu(stand.pids)
        job = {"places": stand.mouths(senders), "run": run, "seconds": seconds, "rate": rate}
        mouths = Helper("senders", job)
        sent = mouths.hear()
        mouths.end()
        hall.tell({"sent": sent["sent"], "patience": patience})
        heard = hall.hear()
        spent = cost.cpu(stand.pids) - began
    finally:
        hall.end()
    return {
        "connects per s": listeners / connected,
        "connect CPU ms": connecting / listeners * 1e3,
        **_figures(sent, heard, spent, seconds),
    }


def _figures(sent, heard, spent, seconds):
    messages = sum(sent["sent"].values())
    lasted = (max(heard["last_at"], sent["ended"]) - sent["began"]) / 1e9
    return {
        "messages": messages,
        "msg/s": messages / lasted,
        **_percentiles("send ms", sent["delays"]),
        **_percentiles("delivery ms", heard["delays"]),
        "CPU µs per delivery": spent / max(heard["heard"], 1) * 1e6,
        "CPU µs per frame": spent / max(heard["frames"], 1) * 1e6,
        "server busy": spent / lasted,
        "listeners busy": heard["cpu"] / lasted,
        "all there s": max(0, (heard["last_at"] - sent["began"]) / 1e9 - seconds),
        "refused": sent["refused"],
        **{name: heard[name] for name in ("lost", "doubled", "out_of_order", "closed")},
    }


def _percentiles(name, delays):
    if not delays:
        return {}
    at = {"p50": 0.5, "p95": 0.95, "p99": 0.99, "max": 1.0}
    return {f"{name} {each}": delays[min(len(delays) - 1, int(len(delays) * part))] * 1e3 for each, part in at.items()}


def interleaved(stands, rounds, **load):
    """Rounds in turn, so that what else the machine does hits all alike. → {stand: median figures}"""
    found = {stand.name: [] for stand in stands}
    for number in range(rounds):
        for stand in stands:
            began = time.monotonic()
            figures = round_of(stand, **load)
            found[stand.name].append(figures)
            print(
                f"  round {number + 1} {stand.name}: {_short(figures)} ({time.monotonic() - began:.0f} s)", flush=True
            )
    return {name: merged(each) for name, each in found.items()}


def merged(rounds):
    """The median of each figure; for what must not happen at all, the sum."""
    figures = {}
    for name, first in rounds[0].items():
        values = [each[name] for each in rounds if name in each]
        if name == "closed":
            figures[name] = sum(sum(each.values()) for each in values)
        elif isinstance(first, int):
            figures[name] = sum(values)
        else:
            figures[name] = median(values)
    return figures


def _short(figures):
    names = ("msg/s", "send ms p95", "delivery ms p95", "CPU µs per delivery")
    wrong = {name: figures[name] for name in ("lost", "doubled", "out_of_order", "closed", "refused") if figures[name]}
    return ", ".join(f"{name} {figures.get(name, 0):.1f}" for name in names) + (f", WRONG {wrong}" if wrong else "")
