"""Whether the assistant answers first, and what it has said in a conversation."""

from django.conf import settings

from knowledge.library import library

from ..models import AssistantSwitch, Message
from ..states import Status

NOTHING_FOUND = "nothing_found"


def assistant_is_on():
    """Whether a new request goes to the assistant: one is connected, nobody switched it off, and it knows something."""
    if settings.ASSISTANT == "off" or AssistantSwitch.objects.filter(pk=1, on=False).exists():
        return False
    return settings.ASSISTANT != "knowledge" or bool(library().entries)


def has_answered(conversation):
    """Whether the newest words of the assistant's conversation are an answer that rests on something."""
    if conversation.status != Status.BOT or conversation.waiting_since is not None:
        return False
    last = conversation.messages.filter(internal=False).order_by("-seq").first()
    return bool(last and last.sender_type == Message.SenderType.AI and last.facts.get("sources"))
