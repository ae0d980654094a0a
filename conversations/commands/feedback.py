"""What an employee says about being helped: solved or not, how it was, and "please hurry". Each verb is one tap.

Three of them speak of one resolution, named by the conversation and the `epoch` it has while that resolution is in
force: a tap on an old page or an old card never acts on a newer resolution. All may be sent again: what was said
already is answered with the present state and changes nothing.
"""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from .. import access, broadcast
from ..errors import NotAllowed, Refused, TooSoon
from ..events import record
from ..models import Feedback
from ..queries.feedback import CHANGE_WITHIN, urge_wait
from ..states import Action, Status, next_status
from ..wording import checked_words
from .alerts import tell_agents, tell_of_queue
from .writing import append_notice, lock, resolution_changed, store

Verdict, Score = Feedback.Verdict, Feedback.Score
NOTHING = timedelta()


def confirm_solved(conversation_id, *, by, epoch):
    """The employee says that it is solved. Raises NotFound, NotAllowed, and Refused ("over") for another resolution."""
    with transaction.atomic():
        conversation = _locked(conversation_id, by, Action.CONFIRM)
        feedback = _feedback_of(conversation, epoch)
        if feedback.verdict == Verdict.SOLVED:
            return conversation
        _expect_in_force(conversation, epoch, Action.CONFIRM)
        now = timezone.now()
        added = _resolved_by_employee(conversation, by, now) if conversation.status == Status.BOT else []
        conversation.changes()
        _say(feedback, verdict=Verdict.SOLVED, answered_at=now)
        record(conversation, "resolution.confirmed", by, now, epoch=epoch)
        return _finished(conversation, *added)


def say_unsolved(conversation_id, *, by, epoch):
    """The employee says that it is not solved: back into the queue with all that was said. Raises as above.

    They may have said "solved" before: the trouble came again.
    """
    with transaction.atomic():
        conversation = _locked(conversation_id, by, Action.DENY)
        feedback = _feedback_of(conversation, epoch)
        if feedback.verdict == Verdict.UNSOLVED:
            return conversation
        _expect_in_force(conversation, epoch, Action.DENY)
        now = timezone.now()
        _say(feedback, verdict=Verdict.UNSOLVED, answered_at=now)
        # In the hands of the assistant it was never over: this is the one tap to a person (PRODUCT E5).
        with_assistant = conversation.status == Status.BOT
        conversation.status = next_status(conversation.status, Action.DENY)
        conversation.assigned_agent = None
        conversation.resolved_at = None
        conversation.epoch += 1
        notice = append_notice(conversation, "handed_off" if with_assistant else "denied", at=now)
        conversation.waits(now)
        record(conversation, "resolution.denied", by, now, epoch=epoch)
        kind = "conversation.handed_off" if with_assistant else "conversation.reopened"
        record(conversation, kind, by, now, by="employee")
        tell_of_queue(conversation)
        return _finished(conversation, notice)


def rate(conversation_id, *, by, epoch, score=None, words=None, may_change=True):
    """How it was: a `score` (Feedback.Score), and `words` if they want; each may come alone, words after a score only.

    The first score counts; for `CHANGE_WITHIN` it may be changed, unless `may_change` is False (a tap on a card, where
    the second of two is a slip of the thumb): then the first simply stays. Raises as above, and Refused for an unknown
    score, for words without one, and when it is too late.
    """
    words = None if words is None else checked_words(words)
    with transaction.atomic():
        conversation = _locked(conversation_id, by, Action.RATE)
        feedback = _feedback_of(conversation, epoch)
        said = _new_words(feedback, score, words)
        if not said or (feedback.score and not may_change):
            return conversation
        _expect_in_force(conversation, epoch, Action.RATE)
        now = timezone.now()
        first = feedback.rated_at is None
        if not first and not NOTHING <= now - feedback.rated_at < CHANGE_WITHIN:
            raise Refused(_("评价已经记下，不能再改了"), status=409, code="too_late")
        conversation.changes()
        _say(feedback, rated_at=feedback.rated_at or now, **said)
        record(
            conversation, "resolution.rated" if first else "rating.changed", by, now, epoch=epoch, score=feedback.score
        )
        return _finished(conversation)


def urge(conversation_id, *, by):
    """The employee asks to hurry: before all others in the agents' lists, and its owner is told.

    Raises TooSoon within `URGE_EVERY` of the last time, and Refused when nobody is to be hurried.
    """
    with transaction.atomic():
        conversation = _locked(conversation_id, by, Action.URGE)
        if next_status(conversation.status, Action.URGE) is None:
            raise Refused(_("这个请求现在不用催"), status=409, code="not_waiting")
        now = timezone.now()
        if wait := urge_wait(conversation, now):
            raise TooSoon(now + wait, wait)
        owner = conversation.assigned_agent
        facts = {"agent": owner.display_name} if owner else {}
        notice = append_notice(conversation, "urged_owner" if owner else "urged", at=now, **facts)
        since = conversation.waiting_since or now
        # Two hosts' clocks differ: urged before it waited would be no urging at all.
        conversation.urged_at = max(now, since)
        conversation.waits(since)
        record(conversation, "conversation.urged", by, now, owner=owner.pk if owner else None)
        tell_agents(conversation, "urged", conversation.version)
        return _finished(conversation, notice)


def _resolved_by_employee(conversation, employee, now):
    """The assistant's answer was enough. The epoch stays: it names this resolution, to which a second tap belongs."""
    conversation.status = next_status(conversation.status, Action.CONFIRM)
    conversation.resolved_at = now
    notice = append_notice(conversation, "solved", at=now)
    conversation.waits(None)
    record(conversation, "conversation.resolved", employee, now, by="employee")
    return [notice]


def _locked(conversation_id, employee, action):
    conversation = lock(access.visible_to(employee, access.EMPLOYEE), conversation_id)
    if not access.may(employee, action, conversation):
        raise NotAllowed(_("您不能这样做"))
    return conversation


def _feedback_of(conversation, epoch):
    """The row of this resolution, perhaps a new one that is not stored yet; the lock is held, so nobody adds one."""
    found = Feedback.objects.filter(conversation=conversation, epoch=epoch).first()
    return found or Feedback(conversation=conversation, epoch=epoch, agent=conversation.assigned_agent)


def _expect_in_force(conversation, epoch, action):
    if conversation.epoch != epoch or next_status(conversation.status, action) is None:
        raise Refused(_("这个请求刚刚有了变化，请看一眼再选"), status=409, code="over")


def _new_words(feedback, score, words):
    """What this rating changes, as fields. Raises Refused."""
    if score is not None and score not in Score.values:
        raise Refused(_("没有这个评价"), code="bad_score")
    if score is None and feedback.score is None:
        raise Refused(_("请先选一个评价"), code="no_score")
    given = {"score": score, "words": words}
    return {name: value for name, value in given.items() if value is not None and value != getattr(feedback, name)}


def _say(feedback, **fields):
    for name, value in fields.items():
        setattr(feedback, name, value)
    feedback.save(update_fields=list(fields) if feedback.pk else None)
    resolution_changed(feedback.conversation, feedback.epoch)


def _finished(conversation, *notices):
    store(conversation)
    broadcast.announce(conversation, list(notices))
    return conversation
