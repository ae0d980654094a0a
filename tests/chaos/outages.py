"""Strikes against what the product leans on: the database and Redis. Only servers of this run are ever touched."""

import asyncio

FULL_BLOCK = 0.8  # seconds that a send is held at a moment while its database connection is cut


class Outages:
    """Mixed into Nemesis beside Strikes; each method waits until the part is back."""

    async def hold_lock(self, seconds):
        await asyncio.to_thread(self.stack.hold_lock, seconds)
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
