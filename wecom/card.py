"""The card that an employee gets for one answer."""

import re

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from conversations.models import Message

from .sending import envelope

SHOWN_CHARACTERS = 120
TITLE_BYTES, DESCRIPTION_BYTES = 128, 512
# A card's description is drawn as a little HTML. A tag that somebody wrote must be read, not obeyed.
TAG_START = re.compile(r"<(?=[A-Za-z/!])")


def card_for(message, count=1):
    """The request of `message/send` as a dict, for the last of `count` new messages.

    Its link carries the message's number: no two cards are equal bytes.
    """
    conversation = message.conversation
    with override(settings.LANGUAGE_CODE):
        page = reverse("desk:conversation", args=[conversation.pk])
        title = _("%(name)s 回复了您") % {"name": message.sender_name or _("IT 服务台")}
        if count > 1:
            title = f"{title} · " + ngettext("%(count)s 条新消息", "%(count)s 条新消息", count) % {"count": count}
        return textcard(conversation.employee, title, summary(message), f"{settings.SITE_URL}{page}?m={message.seq}")


def textcard(person, title, description, url):
    """The request of `message/send` for a plain card; `url` must be this card's own, or equal ones are swallowed."""
    content = {
        "title": cut(title, TITLE_BYTES),
        "description": cut(TAG_START.sub("＜", description), DESCRIPTION_BYTES),
        "url": url,
        "btntxt": _("查看"),
    }
    return envelope(person, "textcard", content)


def summary(message):
    """The true text in one line: what was written, or what was sent, with its caption."""
    words = " ".join(message.content.split())
    if len(words) > SHOWN_CHARACTERS:
        words = f"{words[: SHOWN_CHARACTERS - 1]}…"
    return " ".join(part for part in (_sent(message), words) if part) or _("[新消息]")


def _sent(message):
    if message.msg_type == Message.MsgType.IMAGE:
        return _("[图片]")
    if message.msg_type == Message.MsgType.FILE:
        names = "、".join(message.attachments.values_list("name", flat=True))
        return _("[文件] %(names)s") % {"names": names}
    return ""


def cut(text, most):
    """`text` in at most `most` bytes of UTF-8, without cutting a character."""
    raw = text.encode()
    if len(raw) <= most:
        return text
    return f"{raw[: most - 3].decode(errors='ignore')}…"
