"""What somebody has begun to write; only ever asked by its author."""

from django.db.models import Q
from django.utils import timezone

from .. import access
from ..errors import NotFound
from ..models import Draft
from ..wording import visitor_gone

SHOWN = 200


def own_draft(user, audience, conversation_id):
    """What `user` began to write there (None: a new request); of revision 0 when they never did. Raises NotFound."""
    if not access.may_draft(user, audience, conversation_id):
        raise NotFound(visitor_gone())
    found = Draft.objects.filter(user=user, conversation_id=conversation_id).first()
    return found or Draft(user=user, conversation_id=conversation_id, updated_at=timezone.now())


def own_drafts(user, audience):
    """The drafts of `user` in this part that say something, the newest first; one query beside that for roles."""
    there = Q(conversation__in=access.visible_to(user, audience))
    if audience == access.EMPLOYEE:
        there |= Q(conversation=None)
    drafts = Draft.objects.filter(there, user=user).exclude(content="")
    return list(drafts.order_by("-updated_at")[:SHOWN])
