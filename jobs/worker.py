"""Runs due jobs: `Worker(stop_event).run()` until told to stop, `run_due()` once in the caller's thread."""

import logging
import queue as handover
import threading
import time
from datetime import timedelta

from django.db import DatabaseError, InterfaceError, close_old_connections, connection
from django.utils import timezone

from . import faults, lease, queue
from .clock import Clock
from .models import WorkerBeat
from .scrub import described, scrubbed

log = logging.getLogger(__name__)

BEAT_SECONDS = 10
POLL_SECONDS = 0.5
GRACE_SECONDS = 20  # how long a stopping worker waits for the jobs in its hands
UNAVAILABLE = (DatabaseError, InterfaceError)


def run_due(now=None):
    """Run everything that is due at `now`, and what it enqueues for at once, in this thread. Returns how many ran."""
    count = 0
    while job := lease.claim(now or timezone.now()):
        perform(job, now)
        count += 1
    return count


def perform(job, now=None):
    """Call the handler of a claimed `job` and write how it ended. Raises only what the database raises."""
    try:
        handler = queue.handlers.get(job.name)
        if handler is None:
            raise queue.UnknownJob(job.name)
        faults.at("m5")
        handler.call(**job.args)
    except queue.GiveUp as error:
        held = lease.bury(job, now or timezone.now(), scrubbed(error.reason))
        log.error("job %s given up: %s", job, scrubbed(error.reason))
    except queue.RetryLater as error:
        held = lease.retry(job, now or timezone.now(), scrubbed(error.reason), error.seconds)
        log.info("job %s put off: %s", job, scrubbed(error.reason))
    except (Exception, SystemExit) as error:  # a handler that calls sys.exit must not take its worker thread along
        held = lease.retry(job, now or timezone.now(), described(error))
        log.warning("job %s failed, attempt %d of %d: %s", job, job.attempts, job.max_attempts, scrubbed(repr(error)))
    else:
        held = lease.finish(job, now or timezone.now())
    if not held:
        log.warning("job %s was taken over before it ended here", job)


class Worker:
    """Claims in the thread that calls `run`, works in `threads` others, and keeps its leases alive in one more.

    Several hands, so that one slow call to WeCom does not hold up the rest. All threads are daemons: a handler that
    never returns cannot keep the process from ending; its job is released and runs elsewhere.
    """

    def __init__(self, stop_event, *, threads=4, lease_seconds=lease.LEASE_SECONDS, grace_seconds=GRACE_SECONDS):
        self.stop_event = stop_event
        self.threads, self.lease_seconds, self.grace_seconds = threads, lease_seconds, grace_seconds
        self._claimed = handover.SimpleQueue()
        self._held = {}  # lease token -> Job, everything between claim and end
        self._guard = threading.Lock()
        self._finished = threading.Event()
        self._scheduled, self._clock = {}, Clock()
        self._crew = []

    def run(self):
        """Work until `stop_event` is set; then finish the jobs in hand, or release them after the grace time."""
        self._start(self._keep_alive, "jobs-beat")
        for number in range(self.threads):
            self._start(self._work, f"jobs-{number}")
        self._with_own_connection(self._claim_until_stopped)

    def _claim_until_stopped(self):
        while not self.stop_event.is_set():
            queue.wake.clear()  # before looking: what is committed after the look sets it again
            self._guarded(self._claim_all)
            queue.wake.wait(POLL_SECONDS)
        self._stop()

    def _start(self, target, name):
        thread = threading.Thread(target=self._with_own_connection, args=[target], name=name, daemon=True)
        self._crew.append(thread)
        thread.start()

    def _with_own_connection(self, target):
        try:
            target()
        finally:
            connection.close()

    def _guarded(self, step):
        """A database that is away for a while, or a fault of ours, must not end a worker."""
        try:
            step()
        except UNAVAILABLE as error:
            log.warning("database: %s", scrubbed(error))
            connection.close()
        except Exception as error:
            log.error("worker: %s", described(error))
            connection.close()
        finally:
            # A server's connection goes back to its pool. SQLite's stays open: opening and closing the file around
            # each step cost more than half of the throughput, and a local file does not go away.
            if connection.vendor != "sqlite":
                close_old_connections()

    def _claim_all(self):
        while len(self._held) < self.threads and not self.stop_event.is_set():
            job = lease.claim(timezone.now(), self.lease_seconds)
            if job is None:
                return
            with self._guard:
                self._held[job.lease] = job
            self._claimed.put(job)

    def _work(self):
        while job := self._claimed.get():
            self._guarded(lambda job=job: perform(job))
            with self._guard:
                self._held.pop(job.lease, None)
            queue.wake.set()

    def _keep_alive(self):
        pause = min(BEAT_SECONDS, self.lease_seconds / 3)
        while not self._finished.is_set():
            self._guarded(self._beat)
            self._finished.wait(pause)

    def _beat(self):
        now = timezone.now()
        with self._guard:
            tokens = list(self._held)
        if tokens:
            lease.extend(tokens, now + timedelta(seconds=self.lease_seconds))
        if not WorkerBeat.objects.filter(pk=1).update(seen_at=now):
            WorkerBeat.objects.bulk_create([WorkerBeat(pk=1, seen_at=now)], ignore_conflicts=True)
        self._clock.look(now)
        queue.enqueue_periodic(now, self._scheduled, self._clock.lap)

    def _stop(self):
        deadline = time.monotonic() + self.grace_seconds
        while self._held and time.monotonic() < deadline:
            queue.wake.clear()
            queue.wake.wait(0.1)
        self._finished.set()
        with self._guard:
            left = list(self._held.values())
        for job in left:
            self._guarded(lambda job=job: lease.release(job, timezone.now()))
        for _ in range(self.threads):
            self._claimed.put(None)
        for thread in self._crew:
            thread.join(0 if left else 2)
