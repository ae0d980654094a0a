"""The replies that agents keep at hand."""

from django.db.models import Q

from ..models import CannedReply
from ..wording import searched

LIMIT = 200


def canned_replies(q=""):
    """Active replies in their order, those whose shortcut, title or words contain `q`."""
    replies = CannedReply.objects.filter(active=True)
    if words := searched(q):
        found = Q(shortcut__icontains=words) | Q(title__icontains=words) | Q(content__icontains=words)
        replies = replies.filter(found)
    return list(replies[:LIMIT])
