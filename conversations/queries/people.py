"""What agents see about people: the person behind a request, and the colleagues who could take it."""

from django.db.models import Count, Q

from accounts.models import Role, User

from .. import access
from ..models import Conversation
from ..states import Status

RECENT = 5


def recent_requests(agent, conversation):
    """The person's newest requests besides this one, at most `RECENT`."""
    theirs = access.visible_to(agent, access.AGENTS).filter(employee=conversation.employee_id)
    return list(theirs.exclude(pk=conversation.pk).order_by("-last_message_at")[:RECENT])


def colleagues(conversation):
    """Active agents who could take this conversation, each with `.in_hand` (what they have now); one query."""
    agents = User.objects.filter(is_active=True, grants__role__code=Role.AGENT, grants__revoked_at=None)
    agents = agents.exclude(pk=conversation.employee_id)
    if conversation.assigned_agent_id:
        agents = agents.exclude(pk=conversation.assigned_agent_id)
    busy = Conversation.objects.filter(status=Status.ASSIGNED).values_list("assigned_agent_id").annotate(n=Count("id"))
    in_hand = dict(busy)
    found = list(agents.prefetch_related("agent_groups").order_by("name", "id"))
    for agent in found:
        agent.in_hand = in_hand.get(agent.pk, 0)
    return found


def colleague(*, pk=None, userid=None):
    """The active agent with this id, or this WeCom userid; None when there is none."""
    wanted = Q(pk=pk) if pk is not None else Q(userid_key=(userid or "").replace("\0", "").lower())
    return User.objects.filter(wanted, is_active=True, grants__role__code=Role.AGENT, grants__revoked_at=None).first()


def orphaned():
    """The ids of conversations assigned to somebody who is no active agent any more; oldest wait first."""
    serving = User.objects.filter(is_active=True, grants__role__code=Role.AGENT, grants__revoked_at=None)
    assigned = Conversation.objects.filter(status=Status.ASSIGNED).exclude(assigned_agent__in=serving)
    return list(assigned.order_by("order_at", "id").values_list("pk", flat=True))
