"""How far the two sides of a conversation have read it."""

from django.conf import settings
from django.db.models import F, Max

from .. import access
from ..models import Message, ReadMark


def read_seqs(conversation_id, *, user, audience):
    """`{reader: seq}` of all that this user may know: `me`, and the other side (`employee` or `agents`); 0 for nothing.

    The caller has checked that they may see the conversation.
    """
    marks = ReadMark.objects.filter(conversation=conversation_id)
    rows = list(marks.values_list("user_id", "conversation__employee_id", "read_seq"))
    mine = max((seq for reader, _employee, seq in rows if reader == user.pk), default=0)
    if audience == access.AGENTS:
        return {"me": mine, "employee": max((seq for reader, employee, seq in rows if reader == employee), default=0)}
    if not settings.EMPLOYEE_SEES_READ:
        return {"me": mine}
    theirs = max((seq for reader, employee, seq in rows if reader != employee), default=0)
    return {"me": mine, "agents": public_seq(conversation_id, theirs)}


def confirmed_seq(conversation_id, user_id):
    """How far a visible page of this person has shown the conversation, whether or not anybody has read it there."""
    marks = ReadMark.objects.filter(conversation=conversation_id, user=user_id)
    return max(marks.values_list("read_seq", "shown_seq").first() or (0,))


def public_seq(conversation_id, seq):
    """The last public message up to `seq`: an employee never hears the number of a note."""
    public = Message.objects.filter(conversation=conversation_id, internal=False, seq__lte=seq)
    return public.order_by("-seq").values_list("seq", flat=True).first() or 0


def read_by_colleagues(conversation_id, agent):
    """How far any agent but this one has read."""
    marks = ReadMark.objects.filter(conversation=conversation_id).exclude(user=agent)
    return marks.exclude(user=F("conversation__employee")).aggregate(seq=Max("read_seq"))["seq"] or 0
