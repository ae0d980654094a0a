"""How far somebody has read."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from jobs.queue import declare, enqueue

from .. import access, broadcast
from ..errors import NotFound
from ..hints import read_frame
from ..models import Message, ReadMark
from ..queries.reading import public_seq, read_by_colleagues
from ..wording import visitor_gone
from .messages import SECONDS_FOR_THE_PAGE

ANSWERS_SEEN = declare("answers_seen")
# One second for clocks that disagree.
EARLIEST_CARD = timedelta(seconds=SECONDS_FOR_THE_PAGE - 1)


def mark_read(conversation_id, *, by, audience, seq=0, shown=0):
    """Remember that `by` has seen everything up to `seq`; it never goes back, and never past the last message.

    `shown`: up to where an employee's visible page holds the messages, looked at or not: they need no card.
    No lock: two tabs race only for the larger number, and the conditional update settles that. Raises NotFound.
    """
    conversation = access.visible_to(by, audience).filter(pk=conversation_id).first()
    if conversation is None:
        raise NotFound(visitor_gone())
    last = conversation.last_seq if audience == access.AGENTS else conversation.last_public_seq
    read_seq, shown_seq = max(0, min(seq, last)), max(0, min(max(seq, shown), last))
    now = timezone.now()
    mark, created = ReadMark.objects.get_or_create(conversation=conversation, user=by, defaults={"read_at": now})
    if audience == access.EMPLOYEE and shown_seq > mark.shown_seq:
        _confirm(mark, shown_seq, now)
    before = mark.read_seq
    grows = ReadMark.objects.filter(pk=mark.pk, read_seq__lt=read_seq)
    if read_seq > before and grows.update(read_seq=read_seq, read_at=now):
        mark.read_seq = read_seq
        _announce(conversation, by, audience, before, read_seq)
    return mark


def _confirm(mark, seq, now):
    """A page has shown it up to `seq`. What it shows so late that there may be a card is told in the same transaction."""
    passed = Message.objects.filter(conversation=mark.conversation_id, seq__gt=mark.shown_seq, seq__lte=seq)
    late = passed.filter(internal=False, created_at__lt=now - EARLIEST_CARD).exclude(author=mark.user_id)
    with transaction.atomic():
        grown = ReadMark.objects.filter(pk=mark.pk, shown_seq__lt=seq).update(shown_seq=seq)
        if grown and late.exists():
            enqueue(ANSWERS_SEEN, conversation_id=mark.conversation_id, user_id=mark.user_id)
    mark.shown_seq = seq


def _announce(conversation, reader, audience, before, seq):
    """After commit: the reader's other pages forget what was unread, and the other side learns of it where it may."""
    told = [(broadcast.user_topic(reader.pk), "me", seq)]
    if audience == access.EMPLOYEE:
        told.append((broadcast.conversation_topic(conversation.pk), "employee", seq))
    elif settings.EMPLOYEE_SEES_READ:
        told += _for_employee(conversation, reader, before, seq)
    frames = [(topic, read_frame(conversation.pk, who, number)) for topic, who, number in told]
    transaction.on_commit(lambda: [broadcast.hint(*each) for each in frames], robust=True)


def _for_employee(conversation, agent, before, seq):
    # A number that does not grow is not told: it would say when an agent has read a note.
    known = public_seq(conversation.pk, max(before, read_by_colleagues(conversation.pk, agent)))
    grown = public_seq(conversation.pk, seq)
    return [(broadcast.desk_topic(conversation.employee_id), "agents", grown)] if grown > known else []
