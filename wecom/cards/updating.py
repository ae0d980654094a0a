"""Changes a card that lies on somebody's phone. Each `response_code` is good once, for 72 hours (WECOM 3)."""

import hashlib
from datetime import timedelta

from django.conf import settings
from django.db.models import F, Q
from django.utils import timezone

from .. import reasons
from ..client import Client, as_bytes
from ..errors import CARD_SPENT, WecomError
from ..later import TryLater
from ..models import Delivery

KIND = "card_update"
LEASE = timedelta(seconds=90)  # longer than the slowest call: a token, the update, a new token, the update again
State = Delivery.State


def update(person, code, change):
    """Show `change` (a template_card, or `{"button": …}`) to `person`. → False when this code can change nothing.

    A row of the ledger stands before the call, and one worker at a time makes it. Who died after WeCom had taken it
    leaves the row in doubt: the next one asks again, and "used" then says that it had arrived. A row that has ended is
    not asked again. Raises TryLater, and WecomError for a try that may yet succeed. Calls WeCom, so never inside a
    transaction.
    """
    if not code:
        return False
    row = _row(person, code, change)
    if row.state != State.SUPPRESSED:
        return row.state == State.SENT
    mine = Delivery.objects.filter(pk=row.pk, state=State.SUPPRESSED)
    in_doubt = not _claimed(mine)
    try:
        Client().update_card(row.request.encode())
    except WecomError as error:
        if error.code in CARD_SPENT and in_doubt:
            return _ended(mine, State.SENT, "")
        if error.permanent:
            return _ended(mine, State.FAILED, str(error.code)[:32])
        if not (error.uncertain or in_doubt):
            mine.update(uncertain_since=None)
        raise
    return _ended(mine, State.SENT, "")


def _row(person, code, change):
    """Its state is SUPPRESSED until the end is known: the drain of waiting messages must not take it for one of them."""
    body = {"userids": [person.userid], "agentid": settings.WECOM_AGENT_ID, "response_code": code, **change}
    facts = {"person": person, "kind": KIND, "state": State.SUPPRESSED, "reason": reasons.CARD_UPDATE}
    key = f"{KIND}:{hashlib.sha256(code.encode()).hexdigest()}"
    return Delivery.objects.get_or_create(key=key, defaults={**facts, "request": as_bytes(body).decode()})[0]


def _claimed(mine):
    """Become the one who asks. → False when somebody did before and nobody knows how it ended. Raises TryLater."""
    now = timezone.now()
    tried = {"tried_at": now, "attempts": F("attempts") + 1}
    if mine.filter(uncertain_since=None).update(uncertain_since=now, **tried):
        return True
    # A try in the future was written by a clock that has since jumped back: nobody waits an hour for its end.
    if not mine.filter(Q(tried_at__lt=now - LEASE) | Q(tried_at__gt=now + LEASE)).update(**tried):
        raise TryLater(5, reasons.HELD)
    return False


def _ended(mine, state, reason):
    mine.update(state=state, reason=reason, ended_at=timezone.now())
    return state == State.SENT
