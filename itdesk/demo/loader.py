"""Loads the demo company. A second run finds everything there and changes nothing."""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from accounts import roles
from conversations.commands.imports import import_conversation
from conversations.commands.setup import init_desk
from conversations.models import Conversation

from .company import enrol, form_groups
from .library import stock
from .stories import stories


@dataclass(frozen=True)
class Summary:
    """What is there now, and how many conversations this run added."""

    people: int
    agents: int
    conversations: int
    added: int


def load(now=None):
    """Make the roles, the desk, the people and their conversations, all or nothing. Returns a Summary."""
    with transaction.atomic():
        roles.init_roles()
        init_desk()
        stock()
        company = enrol()
        told = stories(company, now or timezone.now())
        there = set(Conversation.objects.filter(pk__in=[each.id for each in told]).values_list("pk", flat=True))
        if not there:
            company = form_groups(company)
            told = stories(company, now or timezone.now())
        missing = [each for each in told if each.id not in there]
        for story in missing:
            import_conversation(story)
    return Summary(len(company.by_userid), len(company.agents), len(told), len(missing))
