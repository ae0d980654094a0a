"""Which colleague stands behind a name on an employee's page."""

from django.conf import settings

from conversations import access
from conversations.models import Conversation, Message


def userid_of(user, *, message=None, conversation=None):
    """The WeCom userid of the agent who wrote `message`, or to whom `conversation` is assigned, where `user` may read it;
    else None. Raises ValidationError for what is no id."""
    agent = _author(user, message) if message else _owner(user, conversation) if conversation else None
    return agent.userid if agent and agent.corp_id == settings.WECOM_CORP_ID else None


def _author(user, message_id):
    spoken = Message.objects.filter(sender_type=Message.SenderType.AGENT).select_related("conversation", "author")
    found = spoken.filter(pk=message_id).first()
    return found.author if found and access.may_read_message(user, found) else None


def _owner(user, conversation_id):
    found = Conversation.objects.select_related("assigned_agent").filter(pk=conversation_id).first()
    return found.assigned_agent if found and access.may(user, "read", found) else None
