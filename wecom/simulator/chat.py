"""What a member's phone shows of the chat with the app: what arrived and what the member wrote, by time."""

import hashlib
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, Max
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from . import lines
from .models import SimulatedMessage, SimulatedPush

SHOWN = 60
GAP = timedelta(minutes=5)


@dataclass(frozen=True)
class Chat:
    """`lines`: dicts as in `lines.py` with `time` (only after a gap), oldest first. `stamp`: changes with any of it."""

    lines: list
    stamp: str


def chat_of(userid, host):
    """The chat of a member with the app, as the browser at `host` should show it."""
    stamp = stamp_of(userid)  # first: what arrives in between is asked for again rather than missed
    arrived = _arrived(userid).order_by("-id")[:SHOWN]
    written = _written(userid).order_by("-id")[:SHOWN]
    found = [(one.sent_at, lines.of_message(one, userid, host)) for one in arrived]
    found += [(one.created_at, lines.of_push(one)) for one in written]
    found.sort(key=lambda pair: pair[0])
    shown, before = [], None
    for moment, line in found[-SHOWN:]:
        gap = before is None or moment - before > GAP
        shown.append({"time": time_of(moment) if gap else "", **line})
        before = moment
    return Chat(shown, stamp)


def stamp_of(userid):
    """A short text that is another one after every change of this chat."""
    rows = [each.aggregate(Count("id"), Max("changed_at")) for each in (_arrived(userid), _written(userid))]
    return hashlib.sha256(repr(rows).encode()).hexdigest()[:16]


def newest(userid, host):
    """The chat's last line, or None."""
    shown = chat_of(userid, host).lines
    return shown[-1] if shown else None


def time_of(moment):
    local, today = timezone.localtime(moment), timezone.localdate()
    clock = date_format(local, "H:i")
    if local.date() == today:
        return _("今天 %(clock)s") % {"clock": clock}
    if local.date() == today - timedelta(days=1):
        return _("昨天 %(clock)s") % {"clock": clock}
    return f"{date_format(local, 'MONTH_DAY_FORMAT')} {clock}"


def _arrived(userid):
    return SimulatedMessage.objects.filter(userid=userid.lower(), fate=SimulatedMessage.Fate.ARRIVED)


def _written(userid):
    return SimulatedPush.objects.filter(userid=userid.lower(), shown__isnull=False)
