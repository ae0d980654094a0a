"""How far somebody has read."""

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from .. import access, broadcast
from ..errors import NotFound
from ..hints import read_frame
from ..models import ReadMark
from ..queries.reading import public_seq, read_by_colleagues
from ..wording import visitor_gone


def mark_read(conversation_id, *, by, seq, audience):
    """Remember that `by` has seen everything up to `seq`; it never goes back, and never past the last message.

    No lock: two tabs race only for the larger number, and the conditional update settles that. Raises NotFound.
    """
    conversation = access.visible_to(by, audience).filter(pk=conversation_id).first()
    if conversation is None:
        raise NotFound(visitor_gone())
    last = conversation.last_seq if audience == access.AGENTS else conversation.last_public_seq
    read_seq = max(0, min(seq, last))
    now = timezone.now()
    mark, created = ReadMark.objects.get_or_create(
        conversation=conversation, user=by, defaults={"read_seq": read_seq, "read_at": now}
    )
    before = 0 if created else mark.read_seq
    grows = ReadMark.objects.filter(pk=mark.pk, read_seq__lt=read_seq)
    if (created and read_seq) or grows.update(read_seq=read_seq, read_at=now):
        mark.read_seq = read_seq
        _announce(conversation, by, audience, before, read_seq)
    return mark


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
