"""What needs no place in a conversation: somebody comes in, something that the desk cannot take, a word to the administrator."""

import logging
from datetime import timedelta

from django.utils import timezone

from accounts.models import Role
from conversations import access
from conversations.states import OPEN

from . import answers, outcomes
from .posting import from_member
from .registry import ANY, on_event, on_message

FRESH = timedelta(minutes=10)  # after an outage nobody is greeted who came in before it

logger = logging.getLogger(__name__)


@on_message(ANY)
@from_member
def unknown(entry, person):
    entry.outcome = outcomes.UNSUPPORTED
    answers.cannot_take(entry, person)


@on_event("enter_agent")
@from_member
def enter_agent(entry, person):
    """WeCom tells of each time somebody opens the app's chat: one greeting a day, and none amid a conversation."""
    if timezone.now() - entry.received_at > FRESH:
        entry.outcome = outcomes.LATE
    elif not person.has_role(Role.USER):
        entry.outcome = outcomes.NOT_ALLOWED
    elif access.visible_to(person, access.EMPLOYEE).filter(status__in=OPEN).exists():
        entry.outcome = outcomes.IN_CONVERSATION
    else:
        answers.greet(person)


@on_event("close_inactive_agent", "reopen_inactive_agent")
def agent_closed(entry):
    """WeCom shuts down an app that nobody has used for long, and nothing reaches anybody until it is opened again."""
    logger.error("wecom: the app: %s", entry.event)
