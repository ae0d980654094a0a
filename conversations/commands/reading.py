"""How far somebody has read."""

from django.utils import timezone

from .. import access
from ..errors import NotFound
from ..models import ReadMark
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
    if not created:
        ReadMark.objects.filter(pk=mark.pk, read_seq__lt=read_seq).update(read_seq=read_seq, read_at=now)
        mark.read_seq = max(mark.read_seq, read_seq)
    return mark
