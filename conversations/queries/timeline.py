"""What happened to a conversation, in words, for the side panel; read from the event log alone."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from ..models import Event

# Every line that somebody wrote stands in the thread already; the timeline tells of the rest.
SENTENCES = {
    "conversation.opened": gettext_noop("%(actor)s 提出请求"),
    "conversation.handed_off": gettext_noop("%(actor)s 要求人工"),
    "conversation.claimed": gettext_noop("%(actor)s 接待"),
    "conversation.released": gettext_noop("%(actor)s 放回队列"),
    "conversation.transferred": gettext_noop("%(actor)s 转给 %(to_name)s"),
    "conversation.resolved": gettext_noop("%(actor)s 标记为已解决"),
    "conversation.reopened": gettext_noop("%(actor)s 重新打开"),
    "conversation.urged": gettext_noop("%(actor)s 催了一下"),
    "resolution.confirmed": gettext_noop("%(actor)s 确认已解决"),
    "resolution.denied": gettext_noop("%(actor)s 表示没有解决"),
    "resolution.rated": gettext_noop("%(actor)s 评价了这次处理"),
    "rating.changed": gettext_noop("%(actor)s 修改了评价"),
}
WRITTEN = {
    "message.posted": gettext_noop("%(actor)s 发出消息"),
    "note.posted": gettext_noop("%(actor)s 写下内部备注"),
}
LIMIT = 50


@dataclass(frozen=True)
class Line:
    """One thing that happened. `kind` is the event's verb, for its sign."""

    at: datetime
    kind: str
    sentence: str


def timeline(conversation):
    """The newest `LIMIT` events that have a sentence, oldest first."""
    events = conversation.events.filter(kind__in=SENTENCES).select_related("actor").order_by("-id")[:LIMIT]
    return [_line(event) for event in reversed(events)]


def _line(event: Event):
    return Line(event.at, event.kind.partition(".")[2], sentence_of(event))


def sentence_of(event: Event):
    """What happened, in words; the bare kind where there are none for it."""
    words = {**SENTENCES, **WRITTEN}.get(event.kind)
    blanks = {"to_name": "", **event.facts, "actor": event.actor.display_name if event.actor else _("系统")}
    return _(words) % blanks if words else event.kind
