"""Works on what came in, for each person in the order in which they sent it, however many workers there are.

Whoever works on one entry first takes what the same person sent before, and then what they sent since. An entry is held
by one worker at a time (`claimed_until`); what fails holds the line up for PATIENCE and no longer, so that one picture
that cannot be had does not keep a person's words from the desk.
"""

import logging
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from jobs import faults
from jobs.queue import RetryLater

from ..errors import WecomError
from ..models import Inbound
from . import outcomes, registry

# A dead worker's entry is free after it; two at work on one do no harm, only twice the work.
CLAIM = timedelta(seconds=90)
PATIENCE = timedelta(minutes=2)

logger = logging.getLogger(__name__)


def take(inbound_id):
    """Settle this entry, and what its person sent before. Raises RetryLater, and what its handler raises. Bears a
    second run."""
    entry = Inbound.objects.filter(pk=inbound_id).first()
    if entry is None:
        return
    while not _is_settled(entry):
        due = _next_in_line(entry) or entry
        try:
            _work_on(due)
        except Exception as error:
            if due.pk == entry.pk:
                raise
            raise RetryLater(1, f"waits for inbound {due.pk}: {type(error).__name__}") from None
    _take_the_rest(entry)


def _take_the_rest(entry):
    """What came since, at once. Each has a job of its own, so whatever goes wrong here is not the end of it."""
    try:
        while due := _next_in_line(entry):
            _work_on(due)
    except Exception as error:
        logger.info("wecom: after inbound %d one waits for its own job: %s", entry.pk, type(error).__name__)


def _next_in_line(entry):
    """The oldest entry of the line that is not settled, or None. Entries beyond patience have left the line."""
    in_line = Q(received_at__gte=timezone.now() - PATIENCE) | Q(pk=entry.pk)
    waiting = Inbound.objects.filter(in_line, line=entry.line, settled_at=None)
    return waiting.order_by("sent_at", "id").first()


def _is_settled(entry):
    return Inbound.objects.filter(pk=entry.pk).exclude(settled_at=None).exists()


def _work_on(due):
    now = timezone.now()
    free = Q(claimed_until=None) | Q(claimed_until__lt=now) | Q(claimed_until__gt=now + 2 * CLAIM)
    if not Inbound.objects.filter(free, pk=due.pk, settled_at=None).update(claimed_until=now + CLAIM):
        if _is_settled(due):
            return
        raise RetryLater(1, "another worker is at it")
    try:
        _handle(due)
    except Exception:
        Inbound.objects.filter(pk=due.pk, settled_at=None).update(claimed_until=None)
        raise
    faults.at("m12")
    _settle(due)


def _handle(due):
    handler = registry.handler_of(due)
    if handler is None:
        due.outcome = outcomes.UNHANDLED
        return
    try:
        handler(due)
    except WecomError as error:
        if not error.permanent:
            raise RetryLater(error.retry_after, str(error)) from None
        due.outcome = f"{outcomes.WECOM}{error.code}"


def _settle(due):
    Inbound.objects.filter(pk=due.pk, settled_at=None).update(
        settled_at=timezone.now(), claimed_until=None, outcome=(due.outcome or outcomes.DONE)[:32], message=due.message
    )
