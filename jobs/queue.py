"""How the rest of the product asks for work to be done later: `declare`, `@job`, `enqueue`.

A job is a row written in the caller's transaction: it exists if and only if what caused it was committed. It runs at
least once, so every handler must bear a second run.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from .models import Job

DEFAULT_MAX_ATTEMPTS = 10

# Set when a job of this process was committed, so that a worker thread beside the server need not wait for its poll.
wake = threading.Event()


class RetryLater(Exception):
    """Raised by a handler: try again after the usual backoff, but not within `seconds`. Counts as an attempt."""

    def __init__(self, seconds=None, reason=""):
        super().__init__(reason)
        self.seconds, self.reason = seconds, reason


class GiveUp(Exception):
    """Raised by a handler: no further attempt can help; the job is dead at once and shows `reason`."""

    def __init__(self, reason):
        super().__init__(reason)
        self.reason = reason


class UnknownJob(LookupError):
    """Nobody declared or registered a job of this name."""


@dataclass(frozen=True)
class Handler:
    """`every`: seconds between two runs of a periodic job, or None."""

    call: Callable
    max_attempts: int
    every: int | None


declared: set[str] = set()
handlers: dict[str, Handler] = {}


def declare(name):
    """Say at import that this app enqueues `name`, whoever handles it. Returns the name."""
    declared.add(name)
    return name


def job(name, max_attempts=DEFAULT_MAX_ATTEMPTS, every=None):
    """Register the decorated function as the handler of `name`; it is called with the enqueued keyword arguments.

    `every` (seconds, at most a day): every worker enqueues it once per slot of that length, under one key for all.
    """

    def register(function):
        taken = handlers.get(name)
        if taken and taken.call.__qualname__ != function.__qualname__:
            raise ValueError(f"two handlers for the job {name}")
        handlers[name] = Handler(function, max_attempts, every)
        return function

    return register


def enqueue(name, /, *, run_in=0, key=None, **args):
    """Write a job into the caller's transaction; `run_in` seconds from now at the earliest.

    `key` is unique among all jobs that are not pruned yet: a second one with the same key is ignored. `args` must be
    JSON; dates and UUIDs arrive at the handler as text. Raises UnknownJob.
    """
    if name not in declared and name not in handlers:
        raise UnknownJob(name)
    now = timezone.now()
    handler = handlers.get(name)
    row = Job(
        name=name,
        args=args,
        run_at=now + timedelta(seconds=run_in),
        max_attempts=handler.max_attempts if handler else DEFAULT_MAX_ATTEMPTS,
        unique_key=key,
        created_at=now,
    )
    # ignore_conflicts: a taken key must not break the caller's transaction on PostgreSQL.
    Job.objects.bulk_create([row], ignore_conflicts=key is not None)
    transaction.on_commit(wake.set, robust=True)


def enqueue_periodic(now, already, lap=""):
    """Enqueue each periodic job once for its present slot; `already` is the caller's memory of keys it has written.

    `lap`: after the clock was put back the slots that it passes again are others (`clock.Clock`).
    """
    for name, handler in list(handlers.items()):
        if handler.every:
            key = f"{name}@{int(now.timestamp()) // handler.every}{lap}"
            if already.get(name) != key:
                enqueue(name, key=key)
                already[name] = key


def hurry(*names):
    """What put these jobs off is over: those that were tried before are due now."""
    now = timezone.now()
    put_off = Job.objects.filter(name__in=names, state=Job.State.READY, attempts__gt=0, run_at__gt=now)
    put_off.update(run_at=now)
    transaction.on_commit(wake.set, robust=True)


def run_again(jobs):
    """Give the dead ones among `jobs` (a QuerySet) all their attempts again. Returns how many."""
    revived = jobs.filter(state=Job.State.DEAD).update(
        state=Job.State.READY, attempts=0, run_at=timezone.now(), finished_at=None, lease=None, lease_until=None
    )
    transaction.on_commit(wake.set, robust=True)
    return revived
