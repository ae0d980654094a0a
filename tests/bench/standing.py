"""Sockets that only stand open, and what they cost their server."""

from . import cost
from .rounds import Helper


def grown(stand, count):
    """→ {"RSS KiB per socket", "PSS KiB per socket"} of `count` idle sockets, after a few that warmed the server up"""
    with _open(stand, 20):
        before = cost.memory(stand.pids)
        with _open(stand, count):
            after = cost.memory(stand.pids)
    return {f"{name.upper()} KiB per socket": (after[name] - before[name]) / count for name in ("rss", "pss")}


class _open:
    """`count` sockets, open inside the block."""

    def __init__(self, stand, count):
        self.job = {"places": stand.ears(count), "greeted": stand.greeted, "run": 0}

    def __enter__(self):
        self.hall = Helper("listeners", self.job)
        self.hall.hear()

    def __exit__(self, *_):
        self.hall.end()
