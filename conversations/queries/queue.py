"""Where somebody stands in the queue."""

from django.db.models import Q

from ..models import Conversation
from ..states import Status


def position(conversation):
    """1 for whoever is next, or None outside the queue. The same order as the agents' list of the waiting."""
    if conversation.status != Status.QUEUED:
        return None
    ahead = Q(order_at__lt=conversation.order_at) | Q(order_at=conversation.order_at, id__lt=conversation.id)
    return Conversation.objects.filter(status=Status.QUEUED).filter(ahead).count() + 1
