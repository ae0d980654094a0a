"""Tells an absent employee of an answer: one card for one message, whatever crashes (RELIABILITY R6, WECOM 3)."""

from datetime import timedelta
from uuid import uuid4

from django.conf import settings
from django.db.models import F, Q
from django.utils import timezone

from conversations.models import Message, ReadMark
from jobs import faults

from . import reasons
from .card import card_for
from .client import Client, as_bytes
from .errors import WecomError
from .models import Delivery

State = Delivery.State

LEASE = timedelta(seconds=90)  # longer than the slowest call: a token, the send, a new token, the send again
DUPLICATE_WINDOW = timedelta(hours=4)  # the longest that WeCom remembers a request
MARGIN = timedelta(minutes=5)
GIVE_UP_AFTER = timedelta(hours=24)
WORTH_OBEYING = 30  # seconds; of a shorter wait the caller's own growing backoff is the better judge


class TryLater(Exception):
    """Not decided yet; `seconds` until it makes sense again (None: the caller's own backoff)."""

    def __init__(self, seconds, reason):
        super().__init__(reason)
        self.seconds = seconds


def notify(message_id):
    """Send the card of this message unless nobody needs it any more. Raises TryLater.

    Safe to run twice and in two workers at once: the unique row and its lease decide who sends, each try sends the same
    bytes, and WeCom swallows a copy. Calls WeCom, so never inside a transaction.
    """
    message = Message.objects.select_related("conversation__employee").filter(pk=message_id).first()
    if message is None:
        return
    row, _created = Delivery.objects.get_or_create(message=message, person=message.conversation.employee)
    if row.state != State.QUEUED:
        return
    mine = _leased(row)
    needless = _needless(message)
    late = _too_late(row)
    if needless:
        _end(mine, State.SUPPRESSED, needless)
    elif late:
        _end(mine, State.FAILED, late)
    else:
        _send(mine, row, message)


def _leased(row):
    """The row as a QuerySet that matches only while this worker holds it. Raises TryLater when another one does."""
    now, owner = timezone.now(), uuid4().hex
    free = Q(lease_until=None) | Q(lease_until__lt=now)
    if not Delivery.objects.filter(free, pk=row.pk, state=State.QUEUED).update(
        lease_owner=owner, lease_until=now + LEASE
    ):
        raise TryLater(5, "another worker is sending it")
    mine = Delivery.objects.filter(pk=row.pk, lease_owner=owner)
    if row.lease_owner and row.tried_at and not row.uncertain_since:
        # Whoever held it died in the middle: perhaps the card is already there.
        row.uncertain_since = row.tried_at
        mine.update(uncertain_since=row.tried_at)
    return mine


def _needless(message):
    """A word of `reasons` when no card is needed, or the empty text."""
    employee = message.conversation.employee
    if message.internal:
        return reasons.NOTE
    if message.sender_type not in {Message.SenderType.AGENT, Message.SenderType.AI}:
        return reasons.NO_ANSWER
    if not employee.is_active:
        return reasons.INACTIVE
    if not settings.WECOM_CORP_ID or employee.corp_id != settings.WECOM_CORP_ID:
        return reasons.NO_MEMBER
    seen = ReadMark.objects.filter(conversation=message.conversation, user=employee, read_seq__gte=message.seq)
    return reasons.SEEN if seen.exists() else ""


def _too_late(row):
    """A word of `reasons` when it must not be sent any more, or the empty text."""
    now = timezone.now()
    if row.uncertain_since and now > row.uncertain_since + DUPLICATE_WINDOW - MARGIN:
        # WeCom has forgotten the first copy: the same bytes could arrive a second time.
        return reasons.DOUBTFUL
    return reasons.A_DAY if now > row.created_at + GIVE_UP_AFTER else ""


def _send(mine, row, message):
    request = row.request or as_bytes(card_for(message)).decode()
    mine.update(request=request, attempts=F("attempts") + 1, tried_at=timezone.now())
    try:
        answer = Client().send_message(request.encode())
    except WecomError as error:
        _not_sent(mine, row, error)
        return
    faults.at("m6")
    if answer.get("invaliduser"):
        _end(mine, State.FAILED, reasons.UNREACHABLE)
    else:
        _end(mine, State.SENT, "", msgid=str(answer.get("msgid", ""))[:256])


def _not_sent(mine, row, error):
    reason = str(error.code)[:32]
    if error.permanent:
        _end(mine, State.FAILED, reason)
        return
    doubt = {"uncertain_since": timezone.now()} if error.uncertain and not row.uncertain_since else {}
    mine.update(lease_owner="", lease_until=None, reason=reason, **doubt)
    wait = error.retry_after or 0
    raise TryLater(wait if wait >= WORTH_OBEYING else None, str(error))


def _end(mine, state, reason, **facts):
    mine.update(state=state, reason=reason, lease_owner="", lease_until=None, ended_at=timezone.now(), **facts)
