"""What an employee asked for: their own conversations, and which of them is meant when they just write."""

from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import get_language

from .. import access
from ..models import DeskWords, Message, ReadMark
from ..states import OPEN

SHOWN = 50


def current(employee):
    """The newest open conversation, or None: where words without a conversation go."""
    mine = access.visible_to(employee, access.EMPLOYEE).select_related("assigned_agent", "employee")
    return mine.filter(status__in=OPEN).order_by("-last_message_at", "id").first()


def own_requests(employee, limit=SHOWN):
    """The newest conversations of this employee, each with `.unread`: how many public lines of others they have not
    seen. One query."""
    mine = access.visible_to(employee, access.EMPLOYEE).select_related("assigned_agent")
    read = ReadMark.objects.filter(conversation=OuterRef("pk"), user=employee).values("read_seq")
    mine = mine.annotate(read_seq=Coalesce(Subquery(read), 0))
    return list(mine.annotate(unread=_unread()).order_by("-last_message_at", "id")[:limit])


def unread_elsewhere(requests, shown):
    """The unread lines of all these `own_requests` but the one that is on screen (its id, or None)."""
    return sum(each.unread for each in requests if each.pk != shown)


def _unread():
    # An employee has read what they wrote themselves; a note is not theirs to count.
    theirs = Message.objects.filter(conversation=OuterRef("pk"), internal=False, seq__gt=OuterRef("read_seq")).exclude(
        sender_type=Message.SenderType.EMPLOYEE
    )
    return Coalesce(Subquery(theirs.order_by().values("conversation").annotate(n=Count("id")).values("n")), 0)


def greeting():
    """What the desk says first, in the language in force; the empty text when nobody wrote one."""
    words = DeskWords.objects.filter(pk=1).first()
    if words is None:
        return ""
    return words.greeting_en or words.greeting if (get_language() or "").startswith("en") else words.greeting
