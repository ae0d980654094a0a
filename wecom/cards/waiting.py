"""Tells whoever has waited long that they are not forgotten, with a button to hurry: one card for each wait."""

import logging
from datetime import timedelta

from django.utils import timezone

from conversations.models import Conversation
from conversations.queries.feedback import may_urge
from conversations.states import Status
from jobs.worker import UNAVAILABLE

from .. import reasons, sending
from ..later import TryLater
from ..models import Delivery
from . import asking
from .tasks import Task

WAITING = "waiting"
LONG = timedelta(minutes=20)
TOO_LONG = timedelta(hours=2)  # after an outage nobody is told in the evening of what was slow in the morning
AT_ONCE = 50  # cards a round; the next one comes in a minute

logger = logging.getLogger(__name__)


def offer_to_urge():
    """Send what is due; safe to run twice and by several workers, as the ledger knows each wait."""
    if not asking.taps_are_heard():
        return
    now = timezone.now()
    long = Conversation.objects.filter(
        status__in=[Status.QUEUED, Status.ASSIGNED], waiting_since__lt=now - LONG, waiting_since__gt=now - TOO_LONG
    ).select_related("employee", "assigned_agent")
    sent = 0
    for conversation in long.order_by("waiting_since"):
        task = Task(WAITING, conversation.pk, conversation.epoch)
        if sent < AT_ONCE and not Delivery.objects.filter(key=task.key).exists():
            sent += 1
            _send(task, conversation)


def _send(task, conversation):
    try:
        asking.send(task, conversation, _why_not)
    except TryLater:
        pass  # it stands in the ledger, or comes again with the next round
    except UNAVAILABLE:
        raise
    except Exception:
        # Who waits longest comes first each time: a fault of ours with their card must not keep it from all others.
        logger.exception("wecom: no card for the wait %s", task)


@sending.unless(WAITING)
def _needless(row):
    return asking.why_not_now(row, _why_not)


def _why_not(task, conversation):
    waits = may_urge(conversation) and conversation.waiting_since and conversation.epoch == task.epoch
    return "" if waits and not conversation.is_urged else reasons.OVER
