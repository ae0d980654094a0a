"""What an employee may say about a request now, and when they may hurry it again."""

from datetime import timedelta

from django.utils import timezone

from ..models import Feedback
from ..states import Action, Status, next_status
from .assistant import has_answered

URGE_EVERY = timedelta(minutes=30)
CHANGE_WITHIN = timedelta(minutes=10)  # of the first score; afterwards it stands
ASKED_FOR = timedelta(days=7)  # after a resolution; later it is history, and "it came back" is all there is to say
BETWEEN_RATINGS = timedelta(days=1)


def may_urge(conversation):
    return next_status(conversation.status, Action.URGE) is not None


def urge_wait(conversation, now=None):
    """How long until this request may be urged again, or None for at once.

    By the distance in time and not its sign: a clock that was set back must allow neither a second urge at once nor
    forbid one for days.
    """
    if conversation.urged_at is None:
        return None
    since = abs((now or timezone.now()) - conversation.urged_at)
    return URGE_EVERY - since if since < URGE_EVERY else None


def change_wait(feedback, now=None):
    """How long a score may still be changed, or None when there is none or it stands."""
    if feedback is None or feedback.rated_at is None:
        return None
    since = (now or timezone.now()) - feedback.rated_at
    return CHANGE_WITHIN - since if timedelta() <= since < CHANGE_WITHIN else None


def is_asked(conversation, now=None):
    """Whether its employee is asked about the resolution in force: not about one that is history."""
    if has_answered(conversation):
        return True
    resolved_at = conversation.resolved_at if conversation.status == Status.RESOLVED else None
    return bool(resolved_at and (now or timezone.now()) - resolved_at < ASKED_FOR)


def asks_rating(conversation, now=None):
    """Whether a rating is asked for too: at most once a day of one person, however much was solved (PRODUCT 2.9)."""
    recent = Feedback.objects.filter(
        conversation__employee_id=conversation.employee_id, rated_at__gt=(now or timezone.now()) - BETWEEN_RATINGS
    )
    return not recent.exclude(conversation=conversation, epoch=conversation.epoch).exists()
