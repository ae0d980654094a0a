"""Changing what was sent: message/recall and message/update_template_card (WECOM 3)."""

from datetime import timedelta

from django.utils import timezone

from . import recipients, template_cards
from .answers import Trouble
from .models import SimulatedMessage, SimulatedResponse
from .sending import check_agent

RECALL_WITHIN = timedelta(hours=24)
CODE_LIFE = timedelta(hours=72)
LISTS = {"userids": 1000, "partyids": 100, "tagids": 100}


def recall(body):
    """Take a message back from every phone. Raises Trouble."""
    msgid = body.get("msgid")
    sent = SimulatedMessage.objects.filter(msgid=msgid) if isinstance(msgid, str) and msgid else None
    first = sent.order_by("id").first() if sent else None
    if first is None:
        raise Trouble(40058, "invalid Request Parameter: msgid")
    now = timezone.now()
    if first.sent_at < now - RECALL_WITHIN:
        raise Trouble(42052, "msgid expired")
    sent.filter(recalled_at=None).update(recalled_at=now, changed_at=now)
    return {}


def update(body):
    """Grey the buttons of a card, or put another card in its place. Raises Trouble."""
    check_agent(body.get("agentid"))
    named = _named(body)
    button, card = body.get("button"), body.get("template_card")
    if isinstance(card, dict):
        template_cards.check(card, update=True)
    elif not (isinstance(button, dict) and button.get("replace_name")):
        raise Trouble(40058, "invalid Request Parameter: button.replace_name or template_card missing")
    sent = _spend(body.get("response_code"), card)
    cards = sent if named is None else sent.filter(userid__in=[userid.lower() for userid in named])
    reached = set(cards.values_list("userid", flat=True))
    now = timezone.now()
    if isinstance(card, dict):
        cards.update(card=card, greyed="", changed_at=now)
    else:
        cards.update(greyed=str(button["replace_name"])[:64], changed_at=now)
    invalid = [] if named is None else [userid for userid in named if userid.lower() not in reached]
    return {"invaliduser": invalid} if invalid else {}


def _named(body):
    """The userids meant, or None for everybody who has the card."""
    if body.get("atall") == 1:
        return None
    for name, most in LISTS.items():
        value = body.get(name, [])
        if not isinstance(value, list) or len(value) > most:
            raise Trouble(40035, f"invalid parameter: {name} must be an array")
    if not any(body.get(name) for name in LISTS):
        raise Trouble(82001, "some of required parameters are empty: userids, partyids and tagids")
    found = recipients.Recipients()
    for party in body.get("partyids", []):
        recipients.add_party(found, str(party))
    return [str(userid) for userid in body.get("userids", [])] + found.reached


def _spend(code, card):
    """Use up the response_code. → the messages whose cards it may change."""
    now = timezone.now()
    row = SimulatedResponse.objects.filter(code=code if isinstance(code, str) else "").first()
    if row is None or row.issued_at < now - CODE_LIFE:
        raise Trouble(60140, "invalid response_code")
    sent = SimulatedMessage.objects.filter(msgid=row.msgid)
    task_id = (card or {}).get("task_id")
    if task_id and not sent.filter(task_id=task_id).exists():
        raise Trouble(42016, "task_id not exist")
    # The conditional UPDATE spends it: of two updates at once one finds it unused.
    if not SimulatedResponse.objects.filter(pk=row.pk, used_at=None).update(used_at=now):
        raise Trouble(60140, "response_code has been used")
    return sent
