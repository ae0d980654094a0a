"""Strikes against what the product leans on: the database and Redis. Only servers of this run are ever touched."""

import asyncio
import threading
import uuid

from .wire import Broken

BUSY = 20  # seconds that a transaction waits for SQLite's lock (settings)
FULL_BLOCK = 0.8  # seconds that a send is held at a moment while its database connection is cut


class Outages:
    """Mixed into Nemesis beside Strikes; each method waits until the part is back."""

    async def hold_lock(self, seconds):
        held = threading.Event()
        holding = asyncio.ensure_future(asyncio.to_thread(self.stack.hold_lock, seconds, held))
        await asyncio.to_thread(held.wait, seconds + BUSY)
        if seconds > BUSY:
            # No page waits that long; whoever does hears that the desk is busy, and nothing was stored.
            member, room = self.messenger.member, self.messenger.rooms[0]
            words = {"client_id": str(uuid.uuid4()), "content": "nobody may store this"}
            request = member.posting(f"/agent/conversations/{room.id}/messages", **words)
            answer = await member.weather.wire.ask(request, patience=2 * BUSY)
            assert answer.status == 503, (answer.status, answer.body[:200])
        await holding
        return f"{seconds} s"

    async def wecom_fails(self, switch, seconds):
        """The simulator's own switches: no answer, -1, a token that went stale, an answer that comes too late."""
        address = "/wecom/simulator/faults"
        member = self.messenger.member
        self._lead_to("m6")
        await fairly(lambda: member.post(address, f"{switch} on", **{switch: "on"}))
        if seconds:
            await asyncio.sleep(seconds)
            await fairly(lambda: member.post(address, f"{switch} off"))
        return f"{seconds} s"

    async def kill_redis(self, seconds):
        await asyncio.to_thread(self.stack.redis.kill)
        await asyncio.sleep(seconds)
        await asyncio.to_thread(self.stack.redis.start)

    async def flush_redis(self):
        await asyncio.to_thread(self._command, "FLUSHALL")

    async def cut_redis(self):
        """Redis cuts a subscriber that is too far behind; nobody is told what it missed."""
        await asyncio.to_thread(self._command, "CLIENT", "KILL", "TYPE", "pubsub")
        await asyncio.to_thread(self._command, "CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")

    def _command(self, *words):
        with self.stack.redis.client() as client:
            client.execute_command(*words)

    async def freeze_redis(self, seconds):
        self.stack.redis.freeze()
        try:
            await asyncio.sleep(seconds)
        finally:
            self.stack.redis.thaw()
        return f"{seconds} s"

    async def restart_postgres(self, seconds):
        await asyncio.to_thread(self.stack.postgres.stop)
        await asyncio.sleep(seconds)
        await asyncio.to_thread(self.stack.postgres.start)

    async def cut_postgres(self):
        return f"{await asyncio.to_thread(self.stack.postgres.terminate_backends)} backends"

    async def cut_postgres_at(self, moment):
        """Every backend goes while a send stands at this moment."""
        self.stack.arm(moment, f"block:{FULL_BLOCK}")
        if not await self._taken(moment):
            self.stack.disarm(moment)
            return self.nothing
        return await self.cut_postgres()


async def fairly(ask):
    """Ask until it arrived: a switch that the network swallowed would be no fault."""
    while True:
        try:
            answer = await ask()
            if answer.status < 500:
                return answer
        except Broken:
            pass
        await asyncio.sleep(0.2)
