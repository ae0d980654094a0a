"""Takes back what the page has shown after all: the phone must not ring twice for one answer (PRODUCT B3, U3).

WeCom takes back what is at most a day old. A card that stays is no harm: the thread shows the message once either way.
"""

from datetime import timedelta

from django.utils import timezone

from conversations.queries.reading import confirmed_seq

from . import pace
from .client import Client
from .errors import WecomError
from .later import TryLater
from .models import Delivery, DeliveryTry
from .push import ANSWER

WITHIN = timedelta(hours=24)
State, Recall = Delivery.State, Delivery.Recall


def seen(conversation_id, user_id):
    """Take back this person's cards of the conversation whose last message their page has shown. Raises TryLater."""
    confirmed = confirmed_seq(conversation_id, user_id)
    cards = Delivery.objects.filter(
        person_id=user_id, kind=ANSWER, message__conversation=conversation_id, message__seq__lte=confirmed
    )
    for card in cards.filter(state=State.SENT, recall=Recall.NONE, ended_at__gt=timezone.now() - WITHIN).order_by("id"):
        take_back(card.pk)
    if cards.filter(state=State.QUEUED).exclude(uncertain_since=None).exists():
        # On its way at this moment, or its end unknown: whether there is a card to take back is not decided yet.
        raise TryLater(2, "on its way")


def take_back(delivery_id):
    """Recall this message once, if it was sent and is young enough. Raises TryLater."""
    card = Delivery.objects.filter(pk=delivery_id, state=State.SENT, recall=Recall.NONE).exclude(msgid="").first()
    if card is None or card.ended_at < timezone.now() - WITHIN:
        return
    pace.check_pause()
    owner = pace.take_line(card.person_id)
    try:
        if Delivery.objects.filter(pk=card.pk, recall=Recall.NONE).exists():
            _recall(card)
    finally:
        pace.leave_line(card.person_id, owner)


def _recall(card):
    one = DeliveryTry.objects.create(delivery=card, person_id=card.person_id, what=DeliveryTry.What.RECALL, spent=False)
    try:
        Client().recall(card.msgid)
    except WecomError as error:
        _close(one, str(error.code)[:32])
        if not error.permanent:
            raise TryLater(error.retry_after, str(error), error.everybody) from None
        Delivery.objects.filter(pk=card.pk).update(recall=Recall.FAILED)
    else:
        _close(one, "recalled")
        Delivery.objects.filter(pk=card.pk).update(recall=Recall.DONE)


def _close(one, outcome):
    DeliveryTry.objects.filter(pk=one.pk).update(outcome=outcome, ended_at=timezone.now())
