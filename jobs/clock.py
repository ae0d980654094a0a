"""Notices that the clock of this machine was put back, and brings back what was planned by it (RELIABILITY: clocks).

Without it a card that waits five seconds would wait an hour and five, and a periodic job would find the slots of that
hour taken.
"""

import time
from datetime import timedelta

from django.db.models import F

from .models import Job

LEAST = 60  # seconds; less is corrected by and by, and a job that is a minute late is late and no more


def _ahead():
    """The clock's seconds against those since the machine started, which nobody puts back."""
    return time.time() - time.monotonic()


class Clock:
    """`lap`: the same in all processes of this machine, another one after the clock was put back; "" before."""

    def __init__(self):
        self.lap, self._ahead = "", _ahead()

    def look(self, now):
        """Call now and then."""
        ahead = _ahead()
        back, self._ahead = self._ahead - ahead, ahead
        if back > LEAST:
            self.lap = f"~{round(ahead / LEAST)}"
            bring_back(now, timedelta(seconds=back))


def bring_back(now, by):
    """Plan anew what a clock that was ahead has planned. Of two workers the second finds nothing to do."""
    ahead = Job.objects.filter(state=Job.State.READY, created_at__gt=now, run_at__gt=now)
    ahead.update(created_at=F("created_at") - by, run_at=F("run_at") - by)
