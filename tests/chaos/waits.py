"""How long a page waits before it tries again: comeback.js for its line, recovery.js for what it missed.

`haste`: how many times faster than the page's own; a short run has no half minute for one page's patience.
"""

RESTARTING = {4012, 1012}
SPREAD, LEAST, MOST = 10.0, 1.0, 15.0  # seconds, as in comeback.js
LOST, NEVER_OPENED = 5.0, 1.0
FIRST, LONGEST = 1.0, 30.0  # seconds, as in recovery.js


class Comeback:
    """When a page's line is tried again."""

    def __init__(self, chance, haste):
        self.chance, self.haste = chance, haste
        self.tries, self.first = 0, NEVER_OPENED

    def greeted(self):
        self.tries, self.first = 0, LOST

    def wait(self, code=None, reason=""):
        """Seconds, after the line ended with this code and reason."""
        if code in RESTARTING:
            named = float(reason) / 1000 if reason.isdecimal() and len(reason) <= 5 else SPREAD
            return (named if named < SPREAD else self.chance.random() * SPREAD) / self.haste
        spread = min(MOST - LEAST, self.first * 2**self.tries)
        self.tries += 1
        return (LEAST + self.chance.random() * spread) / self.haste


class Patience:
    """When a question that nobody answered is asked again."""

    def __init__(self, chance, haste):
        self.chance, self.haste, self.tries = chance, haste, 0

    def answered(self):
        self.tries = 0

    def wait(self, retry_after):
        """Seconds; `retry_after` is the least that the server asked for."""
        whole = min(LONGEST, FIRST * 2**self.tries)
        self.tries += 1
        return max(retry_after, (whole / 2 + self.chance.random() * whole / 2) / self.haste)
