"""When the directory is looked at: at night, every half hour, and when WeCom or an administrator says so."""

import random
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from jobs.queue import RetryLater, enqueue, job

from . import directory, pictures
from .errors import WecomError
from .leaving import END_HELD

HALF_HOUR = 1800
NIGHT = 3  # o'clock where the company is
LOOK_UNTIL = timedelta(minutes=25)  # then the next look is nearly due
SYNC, CHECK, CHECK_MEMBER = "sync_directory", "check_directory", "check_member"
ATTEMPTS = 40  # with a backoff that ends at a quarter of an hour, that is a working day


@job("plan_directory", every=HALF_HOUR)
def plan_directory():
    """A look at who is signed in each half hour; a walk each night, or later where no worker ran at night."""
    pictures.sweep(timezone.now())
    if not settings.WECOM_CORP_ID:
        return
    now = timezone.localtime()
    enqueue(CHECK, until=(now + LOOK_UNTIL).isoformat())
    if now.hour >= NIGHT:
        # Some minutes off: not in the same second as everybody else's.
        enqueue(SYNC, key=f"{SYNC}:{now:%Y-%m-%d}", run_in=random.randrange(60, HALF_HOUR))  # noqa: S311


@job(SYNC, max_attempts=ATTEMPTS)
def sync_directory():
    """Bring names, departments and positions up to date, and shut out who left."""
    _asking(directory.sync)


@job(CHECK, max_attempts=ATTEMPTS)
def check_directory(until):
    """Shut out who left and may still hold a session, should WeCom's event not have come."""
    if timezone.now() < datetime.fromisoformat(until):
        _asking(directory.check_signed_in)


@job(CHECK_MEMBER, max_attempts=ATTEMPTS)
def check_member(userid):
    """Look up one member about whom WeCom told something."""
    _asking(lambda: directory.check_member(userid))


@job(END_HELD, max_attempts=ATTEMPTS)
def end_held_access(run_id):
    """An administrator confirmed that these people left."""
    _asking(lambda: directory.end_held(run_id))


def _asking(look):
    try:
        look()
    except WecomError as error:
        raise RetryLater(error.retry_after or HALF_HOUR, str(error)) from None
