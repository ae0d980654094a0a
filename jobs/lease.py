"""Taking a job and writing its end. Each function is one short transaction, and each write is guarded.

A run holds a job by a token. A worker that was thought dead and comes back holds an old token: its writes match no row.
"""

import random
import uuid
from datetime import timedelta

from django.db import connection, transaction
from django.db.models import F, Q

from .models import Job

State = Job.State
LEASE_SECONDS = 60
BACKOFF_CAP_SECONDS = 15 * 60
LOST_WORKER = "The worker vanished in the middle of the last attempt."


def claim(now, lease_seconds=LEASE_SECONDS):
    """Take the job that is due longest and hold it for `lease_seconds`. Returns it, or None when nothing is due."""
    # A plain look first: an idle worker must not take SQLite's only write lock twice a second.
    while _due(now).exists():
        with transaction.atomic():
            job = pick(now)
            if job is None:
                return None
            if job.attempts >= job.max_attempts:
                _bury_expired(job, now)
            elif take(job, now, lease_seconds):
                return job
    return None


def _due(now):
    expired = Q(state=State.RUNNING, lease_until__lt=now)
    return Job.objects.filter(Q(state=State.READY, run_at__lte=now) | expired).order_by("run_at", "id")


def pick(now):
    """The job that is due longest, locked until the transaction ends, or None."""
    due = _due(now)
    if connection.features.has_select_for_update_skip_locked:
        # Workers step around each other's rows. On SQLite the IMMEDIATE transaction is the lock.
        due = due.select_for_update(skip_locked=True)
    return due.first()


def _unchanged(job):
    """The row, if nobody claimed it since `job` was read: the attempt count rises with each claim."""
    return Job.objects.filter(pk=job.pk, state=job.state, attempts=job.attempts, lease=job.lease)


def take(job, now, lease_seconds=LEASE_SECONDS):
    """Hold `job` unless somebody took it since it was picked. Returns whether it is ours; then `job` has its token."""
    token = uuid.uuid4()
    until = now + timedelta(seconds=lease_seconds)
    if not _unchanged(job).update(state=State.RUNNING, attempts=F("attempts") + 1, lease=token, lease_until=until):
        return False
    job.state, job.attempts, job.lease, job.lease_until = State.RUNNING, job.attempts + 1, token, until
    return True


def _bury_expired(job, now):
    error = f"{job.error}\n{LOST_WORKER}".strip()
    _unchanged(job).update(state=State.DEAD, finished_at=now, lease=None, lease_until=None, error=error)


def _held(job):
    return Job.objects.filter(pk=job.pk, state=State.RUNNING, lease=job.lease)


def extend(tokens, until):
    """Keep the leases with these tokens until `until`."""
    Job.objects.filter(state=State.RUNNING, lease__in=tokens).update(lease_until=until)


def finish(job, now):
    """Write that `job` is done. Returns whether this run still held it (likewise below)."""
    return _end(job, state=State.DONE, finished_at=now, error="")


def retry(job, now, error, seconds=None):
    """Try again after the backoff, but not before `seconds` have passed; dead when the attempts are used up.

    The backoff goes on growing under a wait that the handler names: else a minute each time would use up in two hours
    the attempts that are meant for a day.
    """
    if job.attempts >= job.max_attempts:
        return bury(job, now, error)
    delay = max(seconds or 0, backoff(job.attempts))
    return _end(job, state=State.READY, run_at=now + timedelta(seconds=delay), error=error)


def bury(job, now, error):
    """Write that `job` is dead: an administrator may run it again."""
    return _end(job, state=State.DEAD, finished_at=now, error=error)


def release(job, now):
    """Hand `job` back unfinished, because this worker stops; the broken-off attempt does not count."""
    return _end(job, state=State.READY, run_at=now, attempts=F("attempts") - 1)


def _end(job, **changes):
    return bool(_held(job).update(lease=None, lease_until=None, **changes))


def backoff(attempts):
    """Seconds to wait after `attempts` failures: 2, 4, 8 … up to 15 minutes, a quarter more or less."""
    jitter = random.uniform(0.75, 1.25)  # noqa: S311  spreads retries, guards nothing
    return min(BACKOFF_CAP_SECONDS, 2 ** min(attempts, 12) * jitter)
