"""Tells an absent employee of an answer: one card for one message, whatever crashes (RELIABILITY R6, WECOM 3)."""

from conversations.models import Message, ReadMark

from . import reasons, sending
from .card import card_for

ANSWER = "answer"


def notify(message_id):
    """Send the card of this message unless nobody needs it any more. Raises TryLater.

    Safe to run twice and in two workers at once. Calls WeCom, so never inside a transaction.
    """
    message = Message.objects.select_related("conversation__employee").filter(pk=message_id).first()
    if message is None:
        return
    person, key = message.conversation.employee, f"{ANSWER}:{message.pk}"
    if reason := _why_not(message, person):
        sending.skip(person, key, reason, kind=ANSWER, message=message)
    else:
        sending.deliver(person, key, lambda: card_for(message), kind=ANSWER, message=message)


@sending.unless(ANSWER)
def _needless(row):
    return _why_not(row.message, row.person)


def _why_not(message, person):
    if message.internal:
        return reasons.NOTE
    if message.sender_type not in {Message.SenderType.AGENT, Message.SenderType.AI}:
        return reasons.NO_ANSWER
    seen = ReadMark.objects.filter(conversation=message.conversation, user=person, read_seq__gte=message.seq)
    return reasons.SEEN if seen.exists() else ""
