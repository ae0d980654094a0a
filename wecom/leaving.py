"""Whose access ends because WeCom does not show them any more, and the brake on it.

Narrow the app's visible range by mistake, and everybody looks as if they had left. So more than a share of our people
within a day is not believed: nobody loses access, and an administrator is asked (`DirectoryRun` held).
"""

import logging
import math
from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import roles
from accounts.models import AuditEntry, User
from jobs.queue import enqueue

from .models import DirectoryRun

END_HELD = "end_held_access"
DAY = timedelta(hours=24)
ALWAYS_PLAUSIBLE = 5  # people a day, however small the company
Occasion, Outcome = DirectoryRun.Occasion, DirectoryRun.Outcome

logger = logging.getLogger(__name__)


def ours():
    """The people of our corp who may use the desk now."""
    return User.objects.filter(corp_id=settings.WECOM_CORP_ID, is_active=True).order_by("pk")


def end_access(people, occasion):
    """Shut out those of `people` who left; every session and socket of theirs ends, roles and requests stay. Returns
    whether that was believed; if not, none of them is shut out and an alarm stands in the admin."""
    if people and len(people) > _plausible(timezone.now()):
        _hold(people, occasion)
        return False
    for user in people:
        roles.deactivate(user, channel=roles.DIRECTORY)
    return True


def held():
    """The open alarm, or None."""
    return DirectoryRun.objects.filter(outcome=Outcome.HELD).first()


def release(run, *, by):
    """An administrator says that the people of a held run did leave. Returns whether it was still open."""
    with transaction.atomic():
        open_run = DirectoryRun.objects.filter(pk=run.pk, outcome=Outcome.HELD)
        if not open_run.update(outcome=Outcome.RELEASED, decided_by=by, decided_at=timezone.now()):
            return False
        enqueue(END_HELD, key=f"{END_HELD}:{run.pk}", run_id=run.pk)
        return True


def settle():
    """Nothing is implausible any more: the alarm goes."""
    DirectoryRun.objects.filter(outcome=Outcome.HELD).update(outcome=Outcome.PASSED, decided_at=timezone.now())


def _plausible(now):
    """How many more people may leave within this day. Whom an administrator confirmed is not counted."""
    left = AuditEntry.objects.filter(action="user.deactivated", channel=roles.DIRECTORY, actor=None)
    gone = left.filter(at__gte=now - DAY).count()
    share = math.ceil((ours().count() + gone) * settings.WECOM_LEAVERS_PERCENT / 100)
    return max(ALWAYS_PLAUSIBLE, share) - gone


def _hold(people, occasion):
    logger.error(
        "directory: %d people would lose access at once; nobody does until an administrator confirms", len(people)
    )
    names = sorted(user.userid for user in people)
    known = held()
    if known:
        # One that fell out of the range after the others is held with them.
        DirectoryRun.objects.filter(pk=known.pk, outcome=Outcome.HELD).update(
            people=sorted({*known.people, *names}), at=timezone.now()
        )
        return
    try:
        with transaction.atomic():
            DirectoryRun.objects.create(occasion=occasion, outcome=Outcome.HELD, people=names, looked_at=len(people))
    except IntegrityError:
        pass  # a colleague has just raised the alarm; the next look adds whom it does not name
