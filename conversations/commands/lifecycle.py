"""Who is responsible for a conversation, and whether it is over. Each verb is atomic: of two at once, one is told."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from jobs.queue import declare, enqueue

from .. import access, broadcast
from ..errors import Conflict, NotAllowed, Refused
from ..events import record
from ..models import Conversation
from ..queries.people import orphaned
from ..states import Action, Status, next_status
from .alerts import tell_agents, tell_of_queue
from .writing import SECONDS_FOR_THE_PAGE, append_notice, lock, resolution_changed, store

ASK_IF_SOLVED = declare("ask_if_solved")


def claim(conversation_id, *, by, version=None):
    """Take responsibility. Taking what is already mine changes nothing; what a colleague has is a Conflict."""
    with transaction.atomic():
        conversation = _locked_for_agent(conversation_id, by, Action.CLAIM)
        if conversation.assigned_agent_id == by.pk and conversation.status == Status.ASSIGNED:
            return conversation
        if conversation.status == Status.ASSIGNED:
            raise Conflict(_taken_by(conversation), conversation)
        _expect(conversation, Action.CLAIM, version)
        notice = take(conversation, by, timezone.now())
        return _finished(conversation, notice)


def release(conversation_id, *, by, version=None):
    """Put it back into the queue, where the employee keeps the wait they already have."""
    with transaction.atomic():
        conversation = _locked_for_agent(conversation_id, by, Action.RELEASE)
        return _put_back(conversation, by, version)


def return_orphans():
    """Put back into the queue what is assigned to somebody who may not serve any more; returns how many.

    The person was told "… is dealing with it", which stopped being true when the role went (PRODUCT U8). Safe to run at
    any time and twice at once: each conversation is looked at again under its lock.
    """
    returned = 0
    for conversation_id in orphaned():
        with transaction.atomic():
            conversation = lock(Conversation.objects.all(), conversation_id)
            agent = conversation.assigned_agent
            if conversation.status == Status.ASSIGNED and not access.may(agent, "reply", conversation):
                _put_back(conversation, None, reason="role_lost", agent=agent.pk)
                returned += 1
    return returned


def transfer(conversation_id, *, by, to, version=None):
    """Hand it to a colleague: an active agent, neither the present owner nor the employee who asks."""
    with transaction.atomic():
        conversation = _locked_for_agent(conversation_id, by, Action.TRANSFER)
        if not access.may(to, Action.CLAIM, conversation):
            raise Refused(_("%(name)s 不能接手这个请求") % {"name": to.display_name}, code="not_an_agent")
        if conversation.assigned_agent_id == to.pk:
            raise Conflict(_("%(name)s 已经在处理") % {"name": to.display_name}, conversation)
        now = timezone.now()
        _move(conversation, Action.TRANSFER, version, owner=to)
        notice = append_notice(conversation, "transferred", at=now, agent=to.display_name)
        conversation.waits(conversation.waiting_since)
        record(conversation, "conversation.transferred", by, now, to=to.pk, to_name=to.display_name)
        tell_agents(conversation, "assigned", conversation.epoch, [to.pk])
        return _finished(conversation, notice)


def resolve(conversation_id, *, by, version=None):
    """End it; writing again reopens it."""
    with transaction.atomic():
        conversation = _locked_for_agent(conversation_id, by, Action.RESOLVE)
        now = timezone.now()
        _move(conversation, Action.RESOLVE, version, owner=conversation.assigned_agent)
        conversation.resolved_at = now
        notice = append_notice(conversation, "resolved", at=now, agent=by.display_name)
        conversation.waits(None)
        record(conversation, "conversation.resolved", by, now)
        enqueue(
            ASK_IF_SOLVED,
            run_in=SECONDS_FOR_THE_PAGE,
            conversation_id=str(conversation.pk),
            epoch=conversation.epoch,
        )
        return _finished(conversation, notice)


def reopen(conversation_id, *, by, version=None):
    """Take up a resolved conversation again; whoever reopens it is responsible for it."""
    with transaction.atomic():
        conversation = _locked_for_agent(conversation_id, by, Action.REOPEN)
        now, ended = timezone.now(), conversation.epoch
        _move(conversation, Action.REOPEN, version, owner=by)
        resolution_changed(conversation, ended)
        conversation.resolved_at = None
        notice = append_notice(conversation, "reopened", at=now)
        conversation.waits(None)
        record(conversation, "conversation.reopened", by, now, by="agent")
        return _finished(conversation, notice)


def handoff(conversation_id, *, by):
    """The employee wants a person. Already in the queue or with a person: nothing changes, it is what they wanted."""
    with transaction.atomic():
        conversation = lock(access.visible_to(by, access.EMPLOYEE), conversation_id)
        if conversation.status in (Status.QUEUED, Status.ASSIGNED):
            return conversation
        now = timezone.now()
        _move(conversation, Action.HANDOFF, None, owner=None)
        notice = append_notice(conversation, "handed_off", at=now)
        conversation.waits(conversation.waiting_since or now)
        record(conversation, "conversation.handed_off", by, now)
        tell_of_queue(conversation)
        return _finished(conversation, notice)


def take(conversation, agent, at):
    """Make `agent` responsible for the locked conversation; the caller stores it. Returns the line that says so."""
    _move(conversation, Action.CLAIM, None, owner=agent)
    notice = append_notice(conversation, "claimed", at=at, agent=agent.display_name)
    conversation.waits(conversation.waiting_since)
    record(conversation, "conversation.claimed", agent, at)
    return notice


def _put_back(conversation, by, version=None, **facts):
    now = timezone.now()
    _move(conversation, Action.RELEASE, version, owner=None)
    # Nobody in the queue may look as if nobody waited: they need a person now (PRODUCT U8).
    notice = append_notice(conversation, "released", at=now)
    conversation.waits(conversation.waiting_since or now)
    record(conversation, "conversation.released", by, now, **facts)
    tell_of_queue(conversation)
    return _finished(conversation, notice)


def _locked_for_agent(conversation_id, agent, action):
    conversation = lock(access.visible_to(agent, access.AGENTS), conversation_id)
    if not access.may(agent, action, conversation):
        raise NotAllowed(_("您不能这样做"))
    return conversation


def _move(conversation, action, version, owner):
    _expect(conversation, action, version)
    conversation.status = next_status(conversation.status, action)
    conversation.assigned_agent = owner
    conversation.epoch += 1


def _expect(conversation, action, version):
    """Raises Conflict with the present state when the table forbids it, or when the page knew an older version."""
    if next_status(conversation.status, action) is None:
        raise Conflict(_("现在的状态是“%(status)s”，不能这样做") % _status(conversation), conversation)
    if version is not None and version != conversation.version:
        raise Conflict(_("对话刚刚有了变化，请看一眼再操作"), conversation)


def _status(conversation):
    return {"status": Status(conversation.status).label}


def _taken_by(conversation):
    """Who was faster, and how long ago; the claim is the newest event of its kind."""
    event = conversation.events.filter(kind__in=["conversation.claimed", "conversation.transferred"]).last()
    seconds = max(1, round((timezone.now() - event.at).total_seconds())) if event else None
    name = conversation.assigned_agent.display_name
    if seconds is None or seconds >= 60:
        return _("%(name)s 已接待") % {"name": name}
    words = ngettext("%(name)s %(seconds)s 秒前已接待", "%(name)s %(seconds)s 秒前已接待", seconds)
    return words % {"name": name, "seconds": seconds}


def _finished(conversation: Conversation, notice):
    store(conversation)
    broadcast.announce(conversation, [notice])
    return conversation
