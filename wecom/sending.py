"""The one way an app message leaves: a row of the ledger first, its bytes before the first try (WECOM 3, RELIABILITY R6).

What waits for one person leaves in the order of its rows, by one sender at a time. Whoever finds the line taken may go:
the sender looks again after it has left the line, and `drain` comes by for what a dead one left behind.
"""

import logging
import time
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from jobs import faults
from jobs.queue import enqueue
from jobs.worker import UNAVAILABLE

from . import pace, reasons
from .client import Client, as_bytes
from .errors import WecomError
from .later import Strange, TryLater
from .models import Delivery, DeliveryTry

State = Delivery.State

DUPLICATE_SECONDS = 14_400  # the longest that WeCom remembers a request
SPREAD = 600
DUPLICATE_WINDOW = timedelta(seconds=DUPLICATE_SECONDS - SPREAD)
MARGIN = timedelta(minutes=5)
GIVE_UP_AFTER = timedelta(hours=24)
WORTH_OBEYING = 30  # seconds; of a shorter wait the caller's own growing backoff is the better judge
DRAIN_SECONDS = 30
RECALL = "recall_delivery"

logger = logging.getLogger(__name__)
checks = {}


def unless(kind):
    """Decorator: a function `(delivery) → a word of reasons` that is asked before each try of this kind, and after it."""

    def register(function):
        checks[kind] = function
        return function

    return register


def envelope(person, msgtype, content, number=0):
    """The dict of `message/send` for one person. `number`: of what is said, where the content itself carries none.

    WeCom swallows what is byte for byte what it had before. Two honest equal texts must both arrive, so the interval,
    which may be anything up to four hours, tells them apart.
    """
    return {
        "touser": person.userid,
        "agentid": settings.WECOM_AGENT_ID,
        "msgtype": msgtype,
        msgtype: content,
        "enable_duplicate_check": 1,
        "duplicate_check_interval": DUPLICATE_SECONDS - number % SPREAD,
    }


def deliver(person, key, build, *, kind, message=None):
    """Send `build()` to `person` once for this `key`, whatever crashes. → the Delivery, ended. Raises TryLater.

    `build` gives the dict of `message/send` (see `envelope`) and may raise WecomError; it is asked once, outside any
    transaction, and its bytes are kept. A second call with the key sends nothing new. Calls WeCom, so never inside a
    transaction. A job says `with later.retried():` around it.
    """
    row = Delivery.objects.filter(key=key).first() or _enlisted(person, key, build, kind, message)
    return finish(row)


def enlist(person, key, body, *, kind, message=None, **facts):
    """The row of this key, made now if need be, to be sent by `finish`; may stand in the caller's transaction."""
    facts = {"person": person, "kind": kind, "message": message, "request": as_bytes(body).decode(), **facts}
    return Delivery.objects.get_or_create(key=key, defaults=facts)[0]


def skip(person, key, reason, *, kind, message=None, **facts):
    """The row of something that need not be sent."""
    facts = {"person": person, "kind": kind, "message": message, "state": State.SUPPRESSED, "reason": reason, **facts}
    return Delivery.objects.get_or_create(key=key, defaults={"ended_at": timezone.now(), **facts})[0]


def finish(row):
    """Send what waits for the row's person until this one has ended. → the row as it is then. Raises TryLater."""
    later = None
    if row.state == State.QUEUED:
        try:
            flush(row.person_id)
        except TryLater as caught:
            later = caught
        row.refresh_from_db()
    if row.state == State.QUEUED:
        raise later or TryLater(2, reasons.HELD)
    return row


def flush(person_id):
    """Send everything that waits for this person, the oldest first. Raises TryLater when something has to wait on."""
    queued, strange = Delivery.objects.filter(person_id=person_id, state=State.QUEUED).order_by("id"), None
    # Again after the line was left: who came meanwhile found it taken, and relies on this look.
    while queued.exists():
        owner = pace.take_line(person_id)
        try:
            while row := queued.select_related("person", "message__conversation").first():
                try:
                    _settle(row, owner)
                except Strange as later:
                    queued, strange = queued.exclude(pk=row.pk), later
        finally:
            pace.leave_line(person_id, owner)
    if strange:
        raise strange


def drain():
    """Send what waits for anybody. Ends after a while, or when WeCom answers nobody: the next round begins anew."""
    until = time.monotonic() + DRAIN_SECONDS
    for person_id in pace.waiting_people(Delivery.objects.filter(state=State.QUEUED)):
        try:
            flush(person_id)
        except TryLater as later:
            if later.everybody:
                return
        if time.monotonic() > until:
            return


def _enlisted(person, key, build, kind, message):
    try:
        body = build()
    except WecomError as error:
        if not error.permanent:
            raise _later(error) from None
        facts = {"request": "", "state": State.FAILED, "reason": str(error.code)[:32], "ended_at": timezone.now()}
        return enlist(person, key, {}, kind=kind, message=message, **facts)
    return enlist(person, key, body, kind=kind, message=message)


def _settle(row, owner):
    # What may be on the phone already is sent to its end, though nobody needs it: only then can it be taken back.
    if needless := refusal(row.person) or (not row.uncertain_since and _needless(row)):
        return _end(row, State.SUPPRESSED, needless)
    if late := _too_late(row):
        return _end(row, State.FAILED, late)
    try:
        one = _begun(row, owner)
    except TryLater as later:
        if str(later) != reasons.HELD:
            Delivery.objects.filter(pk=row.pk, state=State.QUEUED).update(reason=str(later)[:32])
        raise
    if one:
        faults.at("m11")
        _send(row, one)


def refusal(person):
    """A word of `reasons` when this person gets nothing from us, or the empty text."""
    if not person.is_active:
        return reasons.INACTIVE
    if not settings.WECOM_CORP_ID or person.corp_id != settings.WECOM_CORP_ID:
        return reasons.NO_MEMBER
    return ""


def _needless(row):
    """A word of `reasons` when nobody needs it any more, or the empty text."""
    check = checks.get(row.kind)
    try:
        return check(row) if check else ""
    except UNAVAILABLE:
        raise
    except Exception:
        # A fault of ours with one message: nothing else must wait for its mending, least of all other people.
        logger.exception("wecom: nobody can say whether delivery %d is needed", row.pk)
        raise Strange(None, "its check failed") from None


def _too_late(row):
    """A word of `reasons` when it must not be sent any more, or the empty text."""
    now = timezone.now()
    if row.uncertain_since and now > row.uncertain_since + DUPLICATE_WINDOW - MARGIN:
        # WeCom has forgotten the first copy: the same bytes could arrive a second time.
        return reasons.DOUBTFUL
    return reasons.A_DAY if now > row.created_at + GIVE_UP_AFTER else ""


def _begun(row, owner):
    """A try that is written down before it is made, or None when the row has ended meanwhile. Raises TryLater."""
    pace.check_pause()
    with transaction.atomic():
        pace.hold_line(row.person_id, owner)
        pace.check_member(row.person_id)
        pace.check_day()
        now = timezone.now()
        # In doubt from here on: whoever dies after this line may have sent it.
        doubt = {"uncertain_since": row.uncertain_since or now}
        mine = Delivery.objects.filter(pk=row.pk, state=State.QUEUED)
        if not mine.update(attempts=F("attempts") + 1, tried_at=now, **doubt):
            return None
        return DeliveryTry.objects.create(delivery=row, person_id=row.person_id, at=now)


def _send(row, one):
    pace.keep_apart(row.person_id)
    try:
        answer = Client().send_message(row.request.encode())
    except WecomError as error:
        return _not_sent(row, one, error)
    faults.at("m6")
    nobody = "invaliduser" if answer.get("invaliduser") else "unlicenseduser" if answer.get("unlicenseduser") else ""
    facts = {"msgid": _kept(answer, "msgid"), "response_code": _kept(answer, "response_code")}
    facts["uncertain_since"] = row.uncertain_since  # no doubt about this try
    if nobody:
        reason = reasons.UNREACHABLE if nobody == "invaliduser" else reasons.UNLICENSED
        return _end(row, State.FAILED, reason, one, nobody, **facts)
    _end(row, State.SENT, "", one, "ok", **facts)
    # Whoever saw it while it was on its way found no card to recall.
    if _needless(row):
        enqueue(RECALL, delivery_id=row.pk)


def _not_sent(row, one, error):
    """Write how the try failed. Raises TryLater unless it failed for good."""
    word = str(error.code)[:32]
    if error.permanent:
        return _end(row, State.FAILED, word, one, word, spent=False)
    _close(one, word, spent=error.uncertain)
    doubt = {} if error.uncertain else {"uncertain_since": row.uncertain_since}
    Delivery.objects.filter(pk=row.pk, state=State.QUEUED).update(reason=word, **doubt)
    if error.everybody and error.code != "busy":
        pace.pause(error)
    raise _later(error)


def _end(row, state, reason, one=None, outcome="", spent=True, **facts):
    with transaction.atomic():
        if one:
            _close(one, outcome, spent)
        changed = {"state": state, "reason": reason, "ended_at": timezone.now(), **facts}
        Delivery.objects.filter(pk=row.pk, state=State.QUEUED).update(**changed)


def _close(one, outcome, spent):
    DeliveryTry.objects.filter(pk=one.pk).update(outcome=outcome, spent=spent, ended_at=timezone.now())


def _kept(answer, name):
    value = answer.get(name)
    return value[:256] if isinstance(value, str) else ""


def _later(error):
    wait = error.retry_after if error.retry_after and error.retry_after >= WORTH_OBEYING else None
    return (TryLater if error.is_known else Strange)(wait, str(error), error.everybody)
