"""Counters of this process alone: what the limits stand on while the shared cache does not answer."""

import threading
import time
from collections import OrderedDict


class LocalCounters:
    """Counts hits per key in fixed windows. Bounded: the key that was not touched for longest goes first."""

    def __init__(self, max_keys=10_000):
        self._max_keys = max_keys
        self._lock = threading.Lock()
        self._windows = OrderedDict()  # key → [window's end by the monotonic clock, hits]

    def hit(self, key, period, by=1):
        """Add `by` hits to `key`. Returns (hits in this window, seconds until the next window)."""
        now = time.monotonic()
        with self._lock:
            window = self._windows.get(key)
            if window is None or window[0] <= now:
                window = self._windows[key] = [now + period, 0]
            self._windows.move_to_end(key)
            window[1] += by
            while len(self._windows) > self._max_keys:
                self._windows.popitem(last=False)
            return window[1], window[0] - now

    def __len__(self):
        return len(self._windows)


class Breaker:
    """Remembers that the shared cache failed, so that not every request waits for its timeout again."""

    def __init__(self, rest=5.0, log_every=60.0):
        self._rest, self._log_every = rest, log_every
        self._open_until = self._quiet_until = 0.0

    @property
    def is_open(self):
        return time.monotonic() < self._open_until

    def trip(self):
        """Note a failure. Returns whether it is time for a line in the log."""
        now = time.monotonic()
        self._open_until = now + self._rest
        if now < self._quiet_until:
            return False
        self._quiet_until = now + self._log_every
        return True
