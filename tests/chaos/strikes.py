"""Strikes that leave the processes' surroundings alone: sockets, moments, kills. Each waits until it has healed."""

import asyncio

from .looking import looking

MOMENT_REACHED = 12.0  # seconds for somebody to come by an armed moment
FELL = 10.0  # seconds for a struck process to be gone
DOOR = 0.6  # seconds that a socket is held between joining and `hello`


class Strikes:
    """Mixed into Nemesis, which has `stack`, `pages`, `writers`, `messenger`, `chance`, `leases_pass`. Each method is one kind
    of fault and returns a note for the record, or None; `Nothing` when there was nothing to strike."""

    # Sockets ---------------------------------------------------------------------------------------------------------

    async def cut_some(self):
        chosen = self.chance.sample(self.pages, max(1, len(self.pages) // 2))
        return f"{sum(page.cut() for page in chosen)} sockets"

    async def cut_all(self):
        return f"{sum(page.cut() for page in self.pages)} sockets"

    async def refuse_sockets(self, seconds):
        page = self._somebody()
        page.refused = True
        page.cut()
        await asyncio.sleep(seconds)
        page.refused = False
        return page.name

    async def deafen(self, seconds):
        """Frames vanish on the way while the line looks alive: only the gap, or the beat, can tell."""
        page = self._somebody()
        page.deaf = True
        await asyncio.sleep(seconds)
        page.deaf = False
        return page.name

    async def reload(self):
        return f"{sum(page.reload() for page in self.chance.sample(self.pages, max(1, len(self.pages) // 3)))} pages"

    async def late_to_the_door(self, page=None):
        """A message is committed while a page is between joining and `hello`: no other order of the two loses none."""
        page = page or self._somebody()
        self.stack.arm("m9", f"block:{DOOR}")
        if not page.cut() or not await self._taken("m9"):
            self.stack.disarm("m9")
            return self.nothing
        wanted = self.chance.choice(page.rooms)
        await self.messenger.write("word", next(room for room in self.messenger.rooms if room.id == wanted))
        return page.name

    def _somebody(self):
        """A page that something is written to; the stranger's shows nothing."""
        return self.chance.choice([page for page in self.pages if page.rooms])

    # Moments ---------------------------------------------------------------------------------------------------------

    async def arm(self, moment, action):
        self.stack.arm(moment, action)
        self._lead_to(moment)
        if not await self._taken(moment):
            self.stack.disarm(moment)
            return self.nothing

    async def kill_at(self, moment):
        self.stack.arm(moment, "kill")
        self._lead_to(moment)
        if not await self._taken(moment):
            self.stack.disarm(moment)
            return self.nothing
        return await self._revive(moment)

    async def _revive(self, moment):
        assert await looking(self._fallen, FELL), f"{moment} was taken and nothing died"
        if moment in {"m5", "m6"} and self.leases_pass:
            await asyncio.to_thread(self.stack.let_leases_pass)
        return ", ".join(await asyncio.to_thread(self.stack.revive))

    def _fallen(self):
        return self.stack.dead_webs() or (self.stack.worker is not None and not self.stack.worker.running)

    def _lead_to(self, moment):
        """Somebody does what leads past this moment."""
        writer = self.chance.choice(self.writers)
        if moment in {"m5", "m6"}:
            writer = self.chance.choice([each for each in self.writers if each.audience == "agents"])
            writer.wishes.append("card")
        elif moment in {"m7", "m8"}:
            writer.wishes.append("file")
        elif moment in {"m9", "m10"}:
            self._somebody().cut()

    async def _taken(self, moment):
        return await looking(lambda: not self.stack.armed(moment), MOMENT_REACHED)

    # Whole processes -------------------------------------------------------------------------------------------------

    async def kill_web(self):
        number = self.chance.choice(sorted(self.stack.webs))
        await asyncio.to_thread(self.stack.webs[number].kill)
        await asyncio.to_thread(self.stack.revive)
        return f"web {number}"

    async def restart_web(self):
        """A deploy: SIGTERM under load, then the next process on the same port."""
        for number in sorted(self.stack.webs):
            await asyncio.to_thread(self.stack.webs[number].terminate)
            await asyncio.to_thread(self.stack.start_web, number)
        return f"{len(self.stack.webs)} processes"

    async def kill_worker(self):
        await asyncio.to_thread(self.stack.worker.kill)
        if self.leases_pass:
            await asyncio.to_thread(self.stack.let_leases_pass)
        await asyncio.to_thread(self.stack.revive)

    async def restart_worker(self):
        await asyncio.to_thread(self.stack.worker.terminate)
        await asyncio.to_thread(self.stack.revive)
