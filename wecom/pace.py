"""How much a member may get, how much a day takes, and one sender per person: all of it rows, so workers share it.

WeCom drops what is over 30 a minute or 1,000 an hour for a member without a word (WECOM 3), so the count is ours, of
tries that may have arrived in any 60 s, not in minutes of the clock. It stays exact when a worker is killed: a try is
written before the call.
"""

import time
from datetime import timedelta
from uuid import uuid4

from django.conf import settings
from django.db.models import F, Max, Min, Q
from django.utils import timezone

from . import reasons
from .later import TryLater
from .models import Delivery, DeliveryTry, Pause, SendingLine

PER_MINUTE, PER_HOUR = 20, 900
GAP = 0.5  # seconds between two messages for one person: sent faster they may arrive in another order
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
LEASE = timedelta(seconds=90)  # longer than the slowest call: a token, the send, a new token, the send again
SHORTEST_PAUSE, LONGEST_PAUSE = 5, 60  # seconds


def take_line(person_id):
    """Become the only sender to this person. → the owner's word. Raises TryLater while another one sends."""
    SendingLine.objects.get_or_create(person_id=person_id)
    now, owner = timezone.now(), uuid4().hex
    # A clock that jumped back must not hold a line for hours; one that is a little ahead of ours must.
    free = Q(lease_until=None) | Q(lease_until__lt=now) | Q(lease_until__gt=now + 2 * LEASE)
    if not SendingLine.objects.filter(free, person_id=person_id).update(lease_owner=owner, lease_until=now + LEASE):
        raise TryLater(2, reasons.HELD)
    return owner


def lock_person(person_id):
    """Decide about this person's messages alone, until the transaction ends; whoever sends meanwhile waits as well."""
    SendingLine.objects.get_or_create(person_id=person_id)
    SendingLine.objects.select_for_update().get(person_id=person_id)


def leave_line(person_id, owner):
    SendingLine.objects.filter(person_id=person_id, lease_owner=owner).update(lease_owner="", lease_until=None)


def hold_line(person_id, owner):
    """Lock the line until the transaction ends, and keep it for another while. Raises TryLater when it is lost."""
    line = SendingLine.objects.select_for_update().filter(person_id=person_id, lease_owner=owner).first()
    if line is None:
        raise TryLater(2, reasons.HELD)
    line.lease_until = timezone.now() + LEASE
    line.save(update_fields=["lease_until"])


def check_member(person_id):
    """Raises TryLater when this member has had enough; called under their line's lock."""
    now = timezone.now()
    # Not what a clock that has since jumped back wrote: those times would count for as long as it jumped.
    spent = DeliveryTry.objects.filter(person_id=person_id, spent=True, at__lte=now)
    for window, most in ((MINUTE, PER_MINUTE), (HOUR, PER_HOUR)):
        newest = list(spent.filter(at__gt=now - window).order_by("-at").values_list("at", flat=True)[:most])
        if len(newest) == most:
            raise TryLater((newest[-1] + window - now).total_seconds() + 0.1, reasons.PACED)


def check_day():
    """Raises TryLater when today has had its messages. Two workers at once may pass by one or two: accepted."""
    now = timezone.localtime()
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    spent = DeliveryTry.objects.filter(spent=True, at__gte=midnight, at__lte=now).count()
    if spent >= settings.WECOM_DAILY_MESSAGES:
        left = (midnight + timedelta(days=1) - now).total_seconds()
        raise TryLater(min(left, 600), reasons.DAILY_CAP, everybody=True)


def check_pause():
    """Raises TryLater while nobody gets through: each of a thousand messages would wait for its own time-out."""
    pause, now = Pause.objects.filter(pk=1).first(), timezone.now()
    if pause and now < pause.until <= now + timedelta(seconds=LONGEST_PAUSE):
        raise TryLater((pause.until - now).total_seconds(), pause.reason, everybody=True)


def pause(error):
    """WeCom answers nobody: let everybody wait. Short, so that whoever tries first afterwards finds it healed."""
    seconds = min(max(error.retry_after or 0, SHORTEST_PAUSE), LONGEST_PAUSE)
    facts = {"until": timezone.now() + timedelta(seconds=seconds), "reason": str(error.code)[:32]}
    Pause.objects.update_or_create(pk=1, defaults=facts)


def is_healed():
    """Whether WeCom answers again after a pause; said once, to whoever asks first."""
    over = Pause.objects.filter(pk=1, until__lte=timezone.now()).first()
    if over is None:
        return False
    through = DeliveryTry.objects.filter(spent=True, at__gte=over.until, outcome="ok").exists()
    if not through and Delivery.objects.filter(state=Delivery.State.QUEUED).exists():
        return False  # those find out
    return bool(Pause.objects.filter(pk=1, until=over.until).delete()[0])


_left_at = {}  # person → when this process last sent to them; a hint, forgotten with the process


def keep_apart(person_id):
    """Wait until this person's last message is GAP ago. It sleeps, so never inside a transaction."""
    now = time.monotonic()
    wait = _left_at.get(person_id, 0) + GAP - now
    if len(_left_at) > 1000:
        _left_at.clear()
    _left_at[person_id] = max(now, now + wait)
    if wait > 0:
        time.sleep(wait)


def waiting_people(queued):
    """The ids of people for whom something of `queued` waits: whom nobody tried yet, then who was tried longest ago.

    So whoever fails each time, and has everybody pause for it, does so after all the others have had their turn.
    """
    waiting = queued.values("person_id").annotate(first=Min("id"), tried=Max("tried_at"))
    waiting = waiting.order_by(F("tried").asc(nulls_first=True), "first")
    return list(waiting.values_list("person_id", flat=True))
