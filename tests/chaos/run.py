"""One run on one stack: people come in, write and read while things break, everything heals, and what is there is read."""

import asyncio

from . import final
from .checker import judge
from .feed import TOKEN
from .looking import looking
from .nemesis import Nemesis
from .pages import Page
from .people import AGENTS, AWAY, EMPLOYEES, STRANGER, Room, reading_address, sign_in
from .plan import plan
from .record import Clock, Record
from .senders import Outbox
from .weather import Weather
from .wire import Wire

OUTBOX_PATIENCE = 60.0  # seconds that an outbox may need after the last fault

# What a send depends on: the process that takes it, and the database.
HARMFUL = {"errors", "moments", "jobs", "web", "term", "lock", "postgres"}

LOSSY = {"layer", "redis"}  # where frames go


class Run:
    """`await Run(stack, profile, seed, groups).result()` → (Record, Verdict). The stack runs already."""

    def __init__(self, stack, profile, seed, groups=(), say=lambda line: None):
        self.stack, self.profile, self.seed, self.groups, self.say = stack, profile, seed, groups, say
        self.clock = Clock()
        self.record = Record(
            seed, stack.name,
            must_answer=bool(groups) and not HARMFUL & set(groups),
            all_frames=bool(groups) and not (HARMFUL | LOSSY) & set(groups),
        )  # fmt: skip
        self.wire = Wire(stack.ports)
        self.weather = Weather(self.wire, seed, strength=0.0)
        self.pages, self.writers = [], []

    async def result(self):
        await self._come_in()
        tasks = [asyncio.ensure_future(page.run()) for page in self.pages]
        try:
            await self._everyone_is_live()
            await self._storm()
            await self._calm()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, *(page.close() for page in self.pages), return_exceptions=True)
            self.wire.close()
        self.record.pages = [page.record() for page in self.pages]
        self.record.weather = dict(self.weather.counts)
        self.record.seconds = self.clock()
        patience = self.profile.prompt if self.record.all_frames else self.profile.heal
        return self.record, judge(self.record, patience)

    # People ----------------------------------------------------------------------------------------------------------

    async def _come_in(self):
        profile = self.profile
        employees, agents, away = EMPLOYEES[: profile.employees], AGENTS[: profile.agents], AWAY[: profile.away]
        self.members = await sign_in(
            [*employees, *agents, AGENTS[profile.agents], *away, STRANGER], self.stack.front, self.weather
        )
        self.rooms = [await self._opened(userid, userid in away) for userid in [*employees, *away]]
        present = [room for room in self.rooms if not room.away]
        for room in present:
            self._page(room.employee, "employee", [room.id], "desk")
        # A second tab of the first, and somebody who must hear nothing of anybody.
        self._page(present[0].employee, "employee", [present[0].id], "phone")
        self._page(STRANGER, "employee", [], "stranger")
        for userid in agents:
            self._page(userid, "agents", [room.id for room in present], "console")
            self.writers.append(self._writer(userid, "agents", self.rooms))
        self.messenger = self._writer(AGENTS[profile.agents], "agents", self.rooms)
        for page in self.pages:
            await page.load()

    async def _opened(self, userid, away):
        room = Room("", userid, away)
        writer = self._writer(userid, "employee", [room])
        await writer.write("word", room)
        if not away:
            self.writers.append(writer)
        return room

    def _page(self, userid, audience, rooms, kind):
        name = f"{userid}'s {kind}"
        self.pages.append(Page(name, self.members[userid], audience, rooms, self.wire, self.clock, self.profile.haste))

    def _writer(self, userid, audience, rooms):
        writer = Outbox(self.members[userid], audience, rooms, self.clock, self.seed, self.record)
        writer.pause = self.profile.pace
        return writer

    async def _everyone_is_live(self):
        async with asyncio.timeout(30):
            await asyncio.gather(*(page.live.wait() for page in self.pages))

    # The storm -------------------------------------------------------------------------------------------------------

    async def _storm(self):
        self.weather.strength = 1.0 if not self.groups or "transport" in self.groups else 0.0
        self.nemesis = Nemesis(
            self.stack, self.pages, self.writers, self.messenger, self.clock, self.seed,
            leases_pass=self.profile.leases_pass,
        )  # fmt: skip
        self.record.faults = self.nemesis.faults
        profile = self.profile
        steps = plan(
            self.stack.name, self.groups, profile.steps, self.seed, profile.pause, patient=not profile.leases_pass
        )
        breaking = asyncio.ensure_future(self.nemesis.run(steps))

        def enough():
            return breaking.done() and (self._acknowledged() >= profile.messages or self.clock() > profile.limit)

        writing = asyncio.ensure_future(self._write_until(enough))
        prying = asyncio.ensure_future(self._pry())
        telling = asyncio.ensure_future(self._tell(len(steps)))
        try:
            await breaking
            await looking(enough, profile.limit)
            await asyncio.wait([writing], timeout=OUTBOX_PATIENCE)
        finally:
            for task in (breaking, writing, prying, telling):
                task.cancel()

    async def _write_until(self, enough):
        await asyncio.gather(*(writer.run(enough) for writer in self.writers))

    def _acknowledged(self):
        return sum(writer.acknowledged for writer in self.writers)

    async def _tell(self, steps):
        while True:
            await asyncio.sleep(10)
            done = len(self.nemesis.faults)
            self.say(f"  {self.clock():5.0f} s  {self._acknowledged()} acknowledged, {done} of {steps} strikes")

    async def _pry(self):
        """The stranger, and an employee at the console's door, try what must be closed to them, again and again."""
        stranger = self.members[STRANGER]
        while True:
            for room in self.rooms:
                for audience in ("employee", "agents"):
                    path, query = reading_address(audience, room.id)
                    try:
                        answer = await stranger.get(path, **query, after=0)
                    except Exception:  # noqa: S112, BLE001  a broken line opens no door
                        continue
                    if answer.ok or TOKEN.search(answer.body.decode("utf-8", "replace")):
                        self.record.opened.append(f"{STRANGER} read {path} of {room.employee}: {answer.status}")
            await asyncio.sleep(2)

    # The calm --------------------------------------------------------------------------------------------------------

    async def _calm(self):
        for page in self.pages:
            page.refused = page.deaf = False
        await self.weather.settle()
        self.record.quiet_at = self.clock()
        await self._last_words()
        await self._read_everything()
        await looking(self._pages_are_complete, self.profile.heal)
        await self._until_cards()
        # Late copies and late frames may have come since: what counts is how it is at the very end.
        await self._read_everything()

    async def _last_words(self):
        """The last message of a thread meets a page at the door: no later one would reveal that it is missing."""
        if self.groups and "sockets" not in self.groups:
            return
        for page in self.pages[:: max(1, len(self.pages) // 3)]:
            if page.rooms:
                await looking(page.live.is_set, 20)
                await self.nemesis.strike("late_to_the_door", page=page)

    async def _read_everything(self):
        agent = self.messenger.member
        for room in self.rooms:
            self.record.rooms[room.id] = await final.stored(room, agent, self.members[room.employee])

    def _pages_are_complete(self):
        return all(
            page.feeds[room].end >= stored[-1].seq
            for page in self.pages
            for room in page.rooms
            if (stored := self.record.rooms[room][page.audience])
        )

    async def _until_cards(self):
        deadline = self.clock() + self.profile.cards
        while True:
            await self._read_phones()
            verdict = judge(self.record)
            if not verdict.unpushed or self.clock() > deadline:
                return
            await asyncio.sleep(1)

    async def _read_phones(self):
        for room in self.rooms:
            if room.away:
                self.record.cards[room.employee] = await final.cards(self.members[room.employee])
