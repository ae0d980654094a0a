"""What a member's phone shows of the app's messages."""

import re
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from .models import SimulatedMessage

SHOWN = 60
GAP = timedelta(minutes=5)
COLOURED = re.compile(r"<div class=\"(gray|normal|highlight)\">(.*?)</div>", re.DOTALL)


@dataclass(frozen=True)
class Chat:
    """`lines`: dicts `{time, kind, title, pieces, button, href}`, oldest first; `time` only after a gap."""

    lines: list
    last_id: int


def chat_of(userid, host):
    """The chat of a member with the app, as the browser at `host` should show it."""
    arrived = SimulatedMessage.objects.filter(userid=userid.lower(), fate=SimulatedMessage.Fate.ARRIVED)
    messages = list(reversed(arrived.order_by("-id")[:SHOWN]))
    lines, before = [], None
    for message in messages:
        gap = before is None or message.sent_at - before > GAP
        lines.append({"time": _time(message.sent_at) if gap else "", **_line(message, userid, host)})
        before = message.sent_at
    return Chat(lines, messages[-1].pk if messages else 0)


def _line(message, userid, host):
    kind = message.body.get("msgtype", "")
    content = message.body.get(kind, {})
    line = {"kind": kind, "id": message.pk}
    if kind == "textcard":
        button = content.get("btntxt") or _("详情")
        href = _href(content["url"], userid, host)
        pieces = _pieces(content["description"])
        return {**line, "title": content["title"], "pieces": pieces, "button": button, "href": href}
    if kind == "template_card":
        title = content.get("main_title", {})
        return {**line, "title": title.get("title", ""), "pieces": _pieces(title.get("desc", ""))}
    return {**line, "pieces": _pieces(content.get("content", ""))}


def _href(url, userid, host):
    """Our own pages open on this member's phone, signed in by WeCom; any other address is just a link."""
    parts = urlsplit(url)
    if parts.netloc not in {host, urlsplit(settings.SITE_URL).netloc}:
        return url
    path = f"{parts.path}?{parts.query}" if parts.query else parts.path
    return f"{reverse('simulator:hold', args=[userid])}?{urlencode({'to': path})}"


def _pieces(text):
    """WeCom draws exactly these tags of a card's description: → `[{"tone": "", "text": …}, …]`."""
    parts = COLOURED.split(text.replace("<br>", "\n"))
    # split() gives: plain, tone, coloured, plain, tone, coloured, … plain
    pieces = [{"tone": "", "text": parts[0]}]
    for tone, coloured, plain in zip(parts[1::3], parts[2::3], parts[3::3], strict=True):
        pieces += [{"tone": tone, "text": coloured}, {"tone": "", "text": plain}]
    return [piece for piece in pieces if piece["text"]]


def _time(moment):
    local, today = timezone.localtime(moment), timezone.localdate()
    clock = date_format(local, "H:i")
    if local.date() == today:
        return _("今天 %(clock)s") % {"clock": clock}
    if local.date() == today - timedelta(days=1):
        return _("昨天 %(clock)s") % {"clock": clock}
    return f"{date_format(local, 'MONTH_DAY_FORMAT')} {clock}"
