"""The one way back after any loss, as recovery.js goes it: ask until there is nothing more, and again when nobody answers."""

import asyncio


class NotNow(Exception):
    """Nobody answered; `wait`: seconds at least until it makes sense again, None: never by itself."""

    def __init__(self, wait):
        super().__init__(wait)
        self.wait = wait


class Recovery:
    """`await step(why)` asks once, → whether there is more, or raises NotNow. `begin(coroutine)` → a task that the
    page ends. `patience`: waits.Patience."""

    def __init__(self, step, patience, begin):
        self.step, self.patience, self.begin = step, patience, begin
        self._wanted = self._waits = False
        self._task = None

    def ask(self, why):
        """Calls join the one under way, which then goes round once more, and end a wait between two tries."""
        self._wanted = True
        if self._waits:
            self._task.cancel()
            self._task, self._waits = None, False
        if self._task is None:
            self._task = self.begin(self._run(why))

    async def _run(self, why):
        while self._wanted:
            self._wanted = False
            try:
                self._wanted = await self.step(why) or self._wanted
                self.patience.answered()
            except NotNow as later:
                if later.wait is None:
                    break
                self._waits = True
                await asyncio.sleep(self.patience.wait(later.wait))
                self._waits, self._wanted = False, True
        self._task = None
