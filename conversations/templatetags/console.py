"""The short words of the agents' list: how long somebody waits, when something was, where a row belongs."""

from datetime import UTC

from django import template
from django.utils import timezone
from django.utils.dateformat import format as date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from ..queries import inbox
from ..states import Status
from ..wording import KIND_LABELS

register = template.Library()

# Minutes after which a wait is shown as long, and as late.
LONG_WAIT, LATE_WAIT = 10, 30

# The views that a row stands in; `mine` is its owner's alone. The page sorts live rows by this (inbox.js).
VIEWS_OF = {
    Status.BOT: (inbox.ALL,),
    Status.QUEUED: (inbox.WAITING, inbox.ALL),
    Status.ASSIGNED: (inbox.MINE, inbox.ALL),
    Status.RESOLVED: (inbox.RESOLVED,),
}
STATE_WORDS = {
    Status.BOT: gettext_lazy("智能助手"),
    Status.QUEUED: gettext_lazy("待接"),
    Status.ASSIGNED: gettext_lazy("处理中"),
    Status.RESOLVED: gettext_lazy("已解决"),
}


@register.filter
def views_of(status):
    """`"waiting all"`: the codes of the views that show this status."""
    return " ".join(VIEWS_OF[Status(status)])


@register.filter
def state_word(status):
    return STATE_WORDS[Status(status)]


@register.filter
def line_words(last_line):
    """The last line, with `[图片]` and `[文件]` in the reader's language."""
    return _(last_line) if last_line in KIND_LABELS.values() else last_line


@register.filter
def iso(moment):
    """A time as the page's scripts read it, always in UTC and to the microsecond; empty for None."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds") if moment else ""


@register.filter
def exact(moment):
    return date_format(timezone.localtime(moment), "Y-m-d H:i:s") if moment else ""


@register.filter
def wait_words(since):
    """`不到 1 分`, `11 分`, `3 小时`, `2 天`: the loudest thing in a row, so as short as can be."""
    minutes = _minutes(since)
    if minutes < 1:
        return _("不到 1 分")
    if minutes < 60:
        return ngettext("%(n)d 分", "%(n)d 分", minutes) % {"n": minutes}
    if minutes < 24 * 60:
        return ngettext("%(n)d 小时", "%(n)d 小时", minutes // 60) % {"n": minutes // 60}
    return ngettext("%(n)d 天", "%(n)d 天", minutes // 1440) % {"n": minutes // 1440}


@register.filter
def wait_level(since):
    """`fresh`, `long` or `late`."""
    minutes = _minutes(since)
    return "late" if minutes >= LATE_WAIT else "long" if minutes >= LONG_WAIT else "fresh"


@register.filter
def short_time(moment):
    """`09:41` today, `昨天`, `11月20日`, or the whole date in another year."""
    local, now = timezone.localtime(moment), timezone.localtime()
    days = (now.date() - local.date()).days
    if days <= 0:
        return date_format(local, "H:i")
    if days == 1:
        return _("昨天")
    return date_format(local, pgettext("day of this year", "n月j日") if local.year == now.year else "Y-m-d")


def _minutes(since):
    return max(0, int((timezone.now() - since).total_seconds() // 60))


@register.filter
def moment(at):
    """`09:41` today, else the day before it: `11月20日 09:41`."""
    clock = date_format(timezone.localtime(at), "H:i")
    day = short_time(at)
    return clock if day == clock else f"{day} {clock}"


@register.filter
def number_of(counts, view):
    return counts[view]


@register.filter
def capped(number):
    """The number as the rail shows it: beyond the cap the exact one would cost a scan of years."""
    return f"{inbox.COUNT_CAP}+" if number > inbox.COUNT_CAP else number
