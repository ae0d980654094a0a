"""The only place that decides who may see or do what with a conversation."""

from accounts.models import Role

from .models import Conversation
from .states import AGENT_ACTIONS, Action

EMPLOYEE, AGENTS = "employee", "agents"
EMPLOYEE_ACTIONS = frozenset({"read", Action.WRITE, Action.HANDOFF})
AGENT_RIGHTS = frozenset({"read", "reply", "note", *AGENT_ACTIONS})


def visible_to(user, audience):
    """The conversations that `user` may see in this part: their own, or as an agent all of them."""
    if audience == AGENTS:
        return Conversation.objects.all() if user.has_role(Role.AGENT) else Conversation.objects.none()
    return Conversation.objects.filter(employee=user) if user.has_role(Role.USER) else Conversation.objects.none()


def may(user, action, conversation):
    """Whether `user` may do `action` (read, reply, note, or one of states.Action) with this conversation."""
    if action in EMPLOYEE_ACTIONS and conversation.employee_id == user.pk and user.has_role(Role.USER):
        return True
    return action in AGENT_RIGHTS and user.has_role(Role.AGENT)


def may_read_message(user, message):
    """Whether `user` may see this message and its files. A note is for agents; its employee may not, as an employee."""
    conversation = message.conversation
    if user.has_role(Role.AGENT):
        return may(user, "read", conversation)
    return not message.internal and may(user, "read", conversation)
