"""The only place that decides who may see or do what with a conversation.

An agent who asks for help is an employee like any other: their own request is not among the agents' conversations, so
that no internal note reaches its employee by any way (CONTRACT 3).
"""

from accounts.models import Role

from .models import Conversation
from .states import AGENT_ACTIONS, EMPLOYEE_ACTIONS

EMPLOYEE, AGENTS = "employee", "agents"
EMPLOYEE_RIGHTS = frozenset({"read", *EMPLOYEE_ACTIONS})
AGENT_RIGHTS = frozenset({"read", "reply", "note", *AGENT_ACTIONS})


def visible_to(user, audience):
    """The conversations that `user` may see in this part: their own, or as an agent everybody else's."""
    if audience == AGENTS:
        others = Conversation.objects.exclude(employee=user)
        return others if user.has_role(Role.AGENT) else others.none()
    return Conversation.objects.filter(employee=user) if user.has_role(Role.USER) else Conversation.objects.none()


def may(user, action, conversation):
    """Whether `user` may do `action` (read, reply, note, or one of states.Action) with this conversation."""
    if conversation.employee_id == user.pk:
        return action in EMPLOYEE_RIGHTS and user.has_role(Role.USER)
    return action in AGENT_RIGHTS and user.has_role(Role.AGENT)


def may_draft(user, audience, conversation_id):
    """Whether `user` may begin to write there in this part; None is a new request, which employees alone open."""
    if conversation_id is None:
        return audience == EMPLOYEE and user.has_role(Role.USER)
    return visible_to(user, audience).filter(pk=conversation_id).exists()


def may_read_message(user, message):
    """Whether `user` may see this message and its files; the employee of a note's conversation never may."""
    conversation = message.conversation
    if message.internal and conversation.employee_id == user.pk:
        return False
    return may(user, "read", conversation)
