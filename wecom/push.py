"""Tells an absent employee of answers: each message once, a burst in one card, whatever crashes (RELIABILITY R6, B3).

Every public answer has a row of its own in the ledger, `answer:ID`. What comes while the first one waits for the page
goes into one card; its row is that of the last message, the others name it.
"""

from datetime import timedelta

from django.db import transaction
from django.db.models import Q

from conversations.models import Message
from conversations.queries.reading import confirmed_seq
from jobs import faults

from . import pace, reasons, replies, sending
from .card import card_for
from .later import Strange
from .models import Delivery

ANSWER = "answer"
# What is older than the message whose turn it is belongs to it too, when its own job was late; but not an imported past.
LATE = timedelta(minutes=1)
BEGUN = timedelta(hours=1)  # so long what the chat has in part goes before the rest

ANSWERERS = (Message.SenderType.AGENT, Message.SenderType.AI)


def notify(message_id):
    """Send the card of this message unless nobody needs it any more. Raises TryLater.

    Safe to run twice and in two workers at once. Calls WeCom, so never inside a transaction.
    """
    message = Message.objects.select_related("conversation__employee").filter(pk=message_id).first()
    if message is not None:
        sending.finish(_row(message.pk) or _said(message) or _decided(message))


def _row(message_id):
    return Delivery.objects.filter(key=_key(message_id)).first()


def _key(message_id):
    return f"{ANSWER}:{message_id}"


def _said(message):
    """The row of an answer that went into the app's chat, with the undecided ones before it; None for a card."""
    person = message.conversation.employee
    confirmed = confirmed_seq(message.conversation_id, person.pk)
    if not replies.lives_in_chat(message.conversation) and not replies.has_begun(message):
        return None
    if not sending.refusal(person):
        _say_in_turn(person, [each for each in _burst(message, confirmed) if each.seq <= message.seq])
    return _row(message.pk)


def _say_in_turn(person, answers):
    # In the ledger before the first of them has to wait: after an outage they leave in this order, whoever sends them.
    replies.prepare(person, answers)
    failed = False
    for each in answers:
        if failed and not replies.has_begun(each):
            return  # the card that tells of the failed one tells of it too
        if _is_said(person, each, each is answers[-1]):
            replies.finished(person, each, _key(each.pk))
        else:
            failed = True


def _is_said(person, message, own):
    """`own`: it is this job's, and not an earlier one, whose own trouble is for its own job."""
    try:
        return replies.say(person, message)
    except Strange:
        if own:
            raise
        return False


def _decided(message):
    """Make the row of this message, and those of all that belong into its card, in one transaction."""
    person = message.conversation.employee
    with transaction.atomic():
        # Two messages of one burst have two jobs: the second finds what the first has decided.
        pace.lock_person(person.pk)
        if row := _row(message.pk):
            return row
        burst = _burst(message, confirmed_seq(message.conversation_id, person.pk))
        if not burst:
            return _skipped(message, person, _why_not(message, person))
        # What is in the app's chat in part goes on there; it comes here itself when that fails.
        *others, last = [each for each in burst if each.pk == message.pk or not replies.has_begun(each)]
        card = sending.enlist(person, _key(last.pk), card_for(last, len(others) + 1), kind=ANSWER, message=last)
        for each in others:
            _skipped(each, person, reasons.COALESCED, covered_by=card)
        faults.at("m12")
    return _row(message.pk)


def _burst(message, confirmed):
    """This answer and the others that nobody has decided on; nothing when it is needless."""
    if message.internal or message.sender_type not in ANSWERERS or message.seq <= confirmed:
        return []
    begun = Q(pk__in=replies.begun(message.conversation_id), created_at__gte=message.created_at - BEGUN)
    fresh = begun | Q(created_at__gte=message.created_at - LATE)
    undecided = message.conversation.messages.filter(
        fresh, internal=False, sender_type__in=ANSWERERS, seq__gt=confirmed
    ).exclude(deliveries__kind=ANSWER)
    return list(undecided.order_by("seq").select_related("conversation__employee"))


def _skipped(message, person, reason, **facts):
    return sending.skip(person, _key(message.pk), reason, kind=ANSWER, message=message, **facts)


@sending.unless(ANSWER)
def _needless(row):
    return _why_not(row.message, row.person)


def _why_not(message, person):
    if message.internal:
        return reasons.NOTE
    if message.sender_type not in ANSWERERS:
        return reasons.NO_ANSWER
    return reasons.SEEN if confirmed_seq(message.conversation_id, person.pk) >= message.seq else ""
