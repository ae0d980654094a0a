"""How fast somebody may knock: some at once, then so many a second."""

import time


class Bucket:
    """A token bucket on the monotonic clock: `burst` at once, refilled by `per_second`."""

    __slots__ = ("at", "burst", "per_second", "tokens")

    def __init__(self, burst, per_second):
        self.burst, self.per_second = burst, per_second
        self.tokens, self.at = float(burst), time.monotonic()

    def take(self):
        """Whether there was one left."""
        now = time.monotonic()
        self.tokens = min(self.burst, self.tokens + (now - self.at) * self.per_second)
        self.at = now
        self.tokens -= 1
        return self.tokens >= 0
