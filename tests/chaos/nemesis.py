"""Breaks things by plan, one after the other, and says what it did."""

import asyncio
from random import Random

from .outages import Outages
from .record import Fault
from .strikes import Strikes


class Nemesis(Strikes, Outages):
    """`faults`: [Fault], filled while it runs. `leases_pass`: a short run cannot wait for a dead worker's leases."""

    nothing = object()  # a strike that found nothing to strike

    def __init__(self, stack, pages, writers, messenger, clock, seed, *, leases_pass):
        self.stack, self.pages, self.writers, self.clock = stack, pages, writers, clock
        self.messenger = messenger  # writes what a strike needs written; the writers' own order stays theirs
        self.chance = Random(f"{seed} nemesis")
        self.leases_pass = leases_pass
        self.faults = []

    async def run(self, steps):
        for step in steps:
            await asyncio.sleep(step.pause)
            await self.strike(step.name, **step.arguments)

    async def strike(self, name, **arguments):
        began = self.clock()
        kind = " ".join([name, *(str(each) for each in arguments.values() if isinstance(each, str | int))])
        note = await getattr(self, name)(**arguments)
        hit = note is not self.nothing
        self.faults.append(Fault(kind, began, self.clock(), hit, (note or "") if hit else "nobody came by"))
