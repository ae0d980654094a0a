"""Articles that may help with what somebody asks."""

from knowledge.library import library

from ..models import Message

BEST = 3
ASKED = 3  # of the employee's newest messages that say what it is about


def helpful_articles(conversation):
    """The best articles for this conversation, as `knowledge.library.Hit`; also those that are for agents only."""
    words = (
        Message.objects.filter(conversation=conversation, sender_type=Message.SenderType.EMPLOYEE)
        .order_by("-seq")
        .values_list("content", flat=True)[:ASKED]
    )
    return library().find(" ".join(words), for_agents=True, limit=BEST)
