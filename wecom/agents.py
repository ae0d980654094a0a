"""Tells agents outside the console: new in the queue, handed to them, called in a note, urged (PRODUCT 2.9).

Quiet while their console is in front of them, and in their own quiet hours, at whose end it is looked at again: what
has been settled meanwhile is not told.
"""

from datetime import timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import User
from conversations import access
from conversations.models import Conversation
from conversations.queries import alerts
from conversations.states import Status
from jobs.queue import declare, enqueue

from . import reasons, sending
from .card import summary, textcard
from .later import TryLater
from .models import Delivery

NOTIFY_AGENT = declare("notify_agent")
KIND = "agents"
# Whoever asks decides how often this rings, for every agent, out of what the whole company may send in a day.
RUNG_BY_EMPLOYEE = ("queued", "urged")
MOST, WITHIN = 3, timedelta(minutes=10)


def fan_out(conversation_id, kind, about, agents):
    """One job for each agent whom this concerns, so that one who cannot be reached holds up nobody else."""
    conversation = Conversation.objects.filter(pk=conversation_id).first()
    if conversation is None or not _still(kind, conversation):
        return
    for agent_id in _concerned(conversation, kind, agents):
        key = f"{NOTIFY_AGENT}:{kind}:{conversation_id}:{about}:{agent_id}"
        facts = {"conversation_id": conversation_id, "kind": kind, "about": about, "agent_id": agent_id}
        enqueue(NOTIFY_AGENT, key=key, **facts)


def _concerned(conversation, kind, named):
    if named is not None:
        return named
    if kind == "urged" and conversation.assigned_agent_id:
        return [conversation.assigned_agent_id]
    everybody = alerts.serving_agents(conversation)
    # Somebody looks at the list: whoever sits there takes it, and nobody else's phone need ring.
    return [] if alerts.looking(everybody) else list(everybody.values_list("pk", flat=True))


def tell(conversation_id, kind, about, agent_id):
    """Send this agent's card, or write down why not. Raises TryLater, at night until the morning."""
    conversation = Conversation.objects.select_related("employee").filter(pk=conversation_id).first()
    agent = User.objects.filter(pk=agent_id).first()
    if conversation is None or agent is None:
        return
    key = f"{KIND}:{kind}:{conversation_id}:{about}:{agent_id}"
    message = conversation.messages.filter(internal=False).order_by("seq").last()
    facts = {"kind": f"{KIND}.{kind}", "message": message}
    if reason := _needless(conversation, kind, agent) or _enough(conversation, kind, agent, key):
        sending.skip(agent, key, reason, **facts)
        return
    if wait := alerts.quiet_seconds(alerts.alert_settings(agent), timezone.now()):
        raise TryLater(wait, reasons.QUIET_HOURS)
    sending.deliver(agent, key, lambda: card(conversation, kind, about, agent, message), **facts)


def _needless(conversation, kind, agent):
    if not access.may(agent, "read", conversation) or not getattr(alerts.alert_settings(agent), kind):
        return reasons.UNWANTED
    if not _still(kind, conversation, agent):
        return reasons.SETTLED
    return reasons.AT_CONSOLE if alerts.looking([agent.pk]) else ""


def _enough(conversation, kind, agent, key):
    """A word when this employee has rung this agent often of late. Two workers at once may let one more through."""
    if kind not in RUNG_BY_EMPLOYEE:
        return ""
    rung = Delivery.objects.filter(
        person=agent,
        kind__in=[f"{KIND}.{each}" for each in RUNG_BY_EMPLOYEE],
        message__conversation__employee=conversation.employee_id,
        created_at__gt=timezone.now() - WITHIN,
    )
    return reasons.ENOUGH if rung.exclude(state=Delivery.State.SUPPRESSED).exclude(key=key).count() >= MOST else ""


def _still(kind, conversation, agent=None):
    """Whether it is still as it was when somebody was to be told."""
    if kind == "queued":
        return conversation.status == Status.QUEUED
    if kind == "assigned":
        return agent is None or (conversation.status == Status.ASSIGNED and conversation.assigned_agent_id == agent.pk)
    return kind != "urged" or conversation.status != Status.RESOLVED


@sending.unless(f"{KIND}.queued")
@sending.unless(f"{KIND}.assigned")
@sending.unless(f"{KIND}.mentioned")
@sending.unless(f"{KIND}.urged")
def _settled(row):
    """An outage later somebody may have taken it, and who is told may be no agent any more."""
    if row.message is None:
        return ""
    conversation = row.message.conversation
    if not access.may(row.person, "read", conversation):
        return reasons.UNWANTED
    return "" if _still(row.kind.partition(".")[2], conversation, row.person) else reasons.SETTLED


TITLES = {
    "queued": lambda: _("有新的请求在等待"),
    "assigned": lambda: _("有一个请求转给了您"),
    "mentioned": lambda: _("有同事在备注里提到了您"),
    "urged": lambda: _("员工在催一个请求"),
}


def card(conversation, kind, about, agent, message):
    """The request of `message/send`. Of a note it says that there is one, and no word of it."""
    with override(settings.LANGUAGE_CODE):
        who = " · ".join(
            part for part in (conversation.employee.display_name, conversation.employee.department) if part
        )
        said = summary(message) if message and kind != "mentioned" else conversation.subject
        page = reverse("agent:conversation", args=[conversation.pk])
        address = f"{settings.SITE_URL}{page}?from={kind}-{about}"
        return textcard(agent, TITLES[kind](), f"{who}：{said}", address)
