"""The network between people and server. What happens to a try depends on the seed, the message and the try alone."""

import asyncio
from collections import Counter
from random import Random

from .wire import Broken

# Of a hundred tries so many meet each kind; the rest go through.
POSTS = {"request lost": 6, "answer lost": 6, "delayed": 3, "doubled": 4, "late copy": 3}
READS = {"request lost": 3, "answer lost": 3, "delayed": 3}
SLOW = (0.05, 0.8)  # seconds
LATE = (0.5, 4.0)  # seconds after which a copy arrives that nobody waits for any more


class Weather:
    """`ask(name, request)` as `Wire.ask`, through wind and rain. `counts`: how often each kind struck."""

    def __init__(self, wire, seed, *, strength=1.0):
        self.wire, self.seed, self.strength = wire, seed, strength
        self.counts = Counter()
        self._stray = set()
        self._asked = Counter()

    async def ask(self, name, request):
        """`name`: who asks and for what, so that the same seed meets the same weather."""
        self._asked[name] += 1
        chance = Random(f"{self.seed} {name} {self._asked[name]}")
        kind = self._kind(chance, POSTS if request[0] == "POST" else READS)
        if kind is None:
            return await self.wire.ask(request)
        self.counts[kind] += 1
        return await getattr(self, kind.replace(" ", "_"))(request, chance)

    def _kind(self, chance, table):
        drawn = chance.uniform(0, 100)
        for kind, share in table.items():
            drawn -= share * self.strength
            if drawn < 0:
                return kind

    async def request_lost(self, request, chance):
        raise Broken("request lost")

    async def answer_lost(self, request, chance):
        return await self.wire.ask(request, lose_answer=True)

    async def delayed(self, request, chance):
        await asyncio.sleep(chance.uniform(*SLOW))
        return await self.wire.ask(request)

    async def doubled(self, request, chance):
        """Both copies at once, on two connections; the answer of the first is lost."""
        first, second = await asyncio.gather(self.wire.ask(request), self.wire.ask(request), return_exceptions=True)
        if isinstance(second, Exception):
            raise second
        return second

    async def late_copy(self, request, chance):
        """A proxy kept a copy and sends it when the message has long been acknowledged."""
        task = asyncio.ensure_future(self._copy(request, chance.uniform(*LATE)))
        self._stray.add(task)
        task.add_done_callback(self._stray.discard)
        return await self.wire.ask(request)

    async def _copy(self, request, seconds):
        await asyncio.sleep(seconds)
        try:
            await self.wire.ask(request)
        except Broken:
            return

    async def settle(self):
        """Fair weather from now on, and every late copy has arrived."""
        self.strength = 0.0
        await asyncio.gather(*self._stray)
