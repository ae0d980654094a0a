"""Named moments at which a test makes this process die, fail or wait. Nothing but `tests/chaos/` ever arms one.

`at("m3")` stands where the fault belongs; unarmed, as everywhere outside tests, it is an empty function. The settings
refuse to start with `ITDESK_FAULT` outside the simulator. It holds either `POINT:ACTION[,…]`, each once in the life of
this process, or a folder: a file in it that is called `m3` and says `kill` arms the running processes, and the one that
reaches the moment first takes the file away. So a killed process comes back unarmed.

| moment | where |
|---|---|
| m1 m2 m3 m4 | before the transaction; stored, not committed; committed, not announced; announced, not answered |
| m5 m6 | a job is taken, not called; WeCom has the card, the row does not say so |
| m7 m8 | a file is written, not flushed; the file is there, its row is not |
| m11 m12 | a try is written down, WeCom was not asked; a burst is decided on, not committed |
| m13 | one part of an answer is in the app's chat, the next is not |
| m9 m10 | a socket joined and has not heard `hello`; a page asks for what it missed |
| m12 | a person's word from WeCom is a message, its row does not say so |
| layer | a frame goes to the channel layer |

Actions: `kill` (-9), `raise`, `full` (ChannelFull), `block:SECONDS`; `*COUNT` behind it: so many times in this process.
"""

import asyncio
import os
import signal
import time
from pathlib import Path

from channels.exceptions import ChannelFull
from django.conf import settings

MOMENTS = ("m1", "m2", "m3", "m4", "m5", "m6", "m7", "m8", "m9", "m10", "m11", "m12", "m13", "layer")


class Injected(Exception):
    """What `raise` raises: an error that nobody expects."""


class Faults:
    """What is armed in this process: `armed` is the value of `ITDESK_FAULT`."""

    def __init__(self, armed):
        self._folder = Path(armed) if os.path.isabs(armed) else None
        self._left = {} if self._folder else dict(parsed(part) for part in armed.split(","))

    def at(self, moment):
        action = self._next(moment)
        if action.startswith("block"):
            time.sleep(seconds_of(action))
        elif action:
            strike(action)

    async def passing(self, moment, work):
        """Await `work`, struck before; on the loop a block waits without stopping everybody else."""
        action = self._next(moment)
        if not action:
            return await work
        try:
            if action.startswith("block"):
                await asyncio.sleep(seconds_of(action))
            else:
                strike(action)
            return await work
        finally:
            work.close()

    def _next(self, moment):
        if self._folder and not self._left.get(moment):
            self._take(moment)
        left = self._left.get(moment)
        return left.pop() if left else ""

    def _take(self, moment):
        taken = self._folder / f"{moment}.{os.getpid()}"
        try:
            # A rename has one winner, whichever processes arrive here together.
            os.rename(self._folder / moment, taken)
        except FileNotFoundError:
            return
        self._left[moment] = actions(taken.read_text(encoding="ascii"))
        taken.unlink()


def strike(action):
    if action == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    raise ChannelFull() if action == "full" else Injected(action)


def seconds_of(action):
    return float(action.partition(":")[2])


def parsed(part):
    """`m3:kill` → ("m3", ["kill"])"""
    moment, _, action = part.strip().partition(":")
    if moment not in MOMENTS:
        raise ValueError(f"ITDESK_FAULT: no moment is called {moment}")
    return moment, actions(action)


def actions(text):
    action, _, count = text.strip().partition("*")
    return [action] * int(count or 1)


def _nothing(moment):
    return None


def _untouched(moment, work):
    return work


_faults = Faults(settings.FAULT) if settings.FAULT else None
at = _faults.at if _faults else _nothing
passing = _faults.passing if _faults else _untouched
