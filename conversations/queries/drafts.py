"""What somebody has begun to write; only ever asked by its author."""

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
    """The drafts of `user` in this part that say something, the newest first; two queries beside that for roles."""
    drafts = list(Draft.objects.filter(user=user).exclude(content="").order_by("-updated_at")[:SHOWN])
    # Theirs first, then whether they may: as one query this would list every conversation of the desk.
    begun = [each.conversation_id for each in drafts if each.conversation_id]
    there = set(access.visible_to(user, audience).filter(pk__in=begun).values_list("pk", flat=True))
    if audience == access.EMPLOYEE:
        there.add(None)
    return [each for each in drafts if each.conversation_id in there]
