"""One line of a phone's chat as a dict for the template: always `id`, `kind`, `mine`; the rest by kind."""

from datetime import timedelta
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from . import markup
from .models import SimulatedMedia, SimulatedPush

GIVEN_UP_AFTER = timedelta(seconds=40)  # three tries of five seconds, and their pauses


def of_message(message, userid, host):
    """What an app sent."""
    kind = message.body.get("msgtype", "")
    line = {"id": f"m{message.pk}", "message_id": message.pk, "kind": kind, "mine": False}
    if message.recalled_at:
        return {**line, "kind": "recalled", "preview": _("消息已撤回")}
    content = message.card or message.body.get(kind, {})

    def open_at(url):
        return href(url, userid, host)

    return {**line, **DRAWN.get(kind, _unknown)(content, open_at, message)}


def of_push(push):
    """What the member wrote. `trouble`: why the app does not have it, "" while all is well."""
    line = {"id": f"p{push.pk}", "kind": push.kind, "mine": True, "trouble": _trouble(push), **_written(push)}
    return {**line, "waiting": push.state == SimulatedPush.State.WAITING and not line["trouble"]}


def href(url, userid, host):
    """→ `{"url", "inside"}`: our own pages open in this phone, signed in by WeCom; any other address is just a link."""
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = None
    if not parts or parts.scheme not in {"http", "https"}:
        return {"url": "", "inside": False}
    if parts.netloc not in {host, urlsplit(settings.SITE_URL).netloc}:
        return {"url": url, "inside": False}
    path = f"{parts.path}?{parts.query}" if parts.query else parts.path
    return {"url": f"{reverse('simulator:hold', args=[userid])}?{urlencode({'to': path})}", "inside": True}


def _text(content, open_at, _message):
    text = content.get("content", "")
    return {"paragraphs": markup.text(text, open_at), "preview": markup.plain(text)}


def _markdown(content, open_at, _message):
    text = content.get("content", "")
    return {"paragraphs": markup.markdown(text, open_at), "preview": markup.plain(text)}


def _textcard(content, open_at, _message):
    return {
        "title": content.get("title", ""),
        "pieces": markup.coloured(content.get("description", "")),
        "button": content.get("btntxt") or _("详情"),
        "link": open_at(content.get("url", "")),
        "preview": content.get("title", ""),
    }


def _news(content, open_at, _message):
    articles = [{**one, "link": open_at(one.get("url", ""))} for one in content.get("articles", [])]
    return {"articles": articles, "preview": articles[0].get("title", "") if articles else ""}


def _media(content, _open_at, message):
    kind = message.body["msgtype"]
    row = SimulatedMedia.objects.filter(media_id=content.get("media_id", "")).defer("content").first()
    name = row.name if row else ""
    return {**_file(kind, content.get("media_id", ""), name), "title": content.get("title", "")}


def _template_card(card, open_at, message):
    action = card.get("card_action") or {}
    return {
        "card": card,
        "task": message.task_id,
        "link": open_at(action.get("url", "")) if action.get("type") == 1 else None,
        "jumps": [{**one, "link": open_at(one.get("url", ""))} for one in card.get("jump_list", [])],
        "facts": [
            {**one, "link": open_at(one["url"]) if one.get("url") else None}
            for one in card.get("horizontal_content_list", [])
        ],
        "buttons": [
            {**one, "link": open_at(one.get("url", "")) if one.get("type") == 1 else None}
            for one in card.get("button_list", [])
        ],
        "greyed": message.greyed,
        "preview": card.get("main_title", {}).get("title") or card.get("sub_title_text", ""),
    }


def _unknown(_content, _open_at, message):
    text = _("这部手机不会显示 %(kind)s") % {"kind": message.body.get("msgtype")}
    return {"kind": "text", "paragraphs": markup.text(text, lambda _url: None), "preview": text}


DRAWN = {
    "text": _text, "markdown": _markdown, "textcard": _textcard, "news": _news, "template_card": _template_card,
    "image": _media, "voice": _media, "video": _media, "file": _media,
}  # fmt: skip


def _written(push):
    shown = push.shown
    if push.kind == "text":
        return {"paragraphs": markup.text(shown["text"], None), "preview": shown["text"]}
    if push.kind == "location":
        return {**shown, "preview": _("[位置]")}
    if push.kind == "link":
        return {**shown, "preview": shown["title"]}
    return _file(push.kind, shown["media_id"], shown.get("name", ""))


def _file(kind, media_id, name):
    previews = {"image": _("[图片]"), "voice": _("[语音]"), "video": _("[视频]")}
    address = reverse("simulator:media", args=[media_id]) if media_id else ""
    return {"address": address, "name": name, "preview": previews.get(kind, f"[{name}]")}


def _trouble(push):
    if push.state == SimulatedPush.State.LOST:
        return push.answer or _("没有送达")
    late = push.state == SimulatedPush.State.WAITING and push.created_at < timezone.now() - GIVEN_UP_AFTER
    return _("没有送达") if late else ""
