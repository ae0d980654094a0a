"""What an app message may hold, kind by kind (WECOM 3)."""

from urllib.parse import urlsplit

from . import media, rules, template_cards
from .answers import Trouble

TITLE, DESCRIPTION, URL, TEXT = 128, 512, 2048, 2048  # bytes
BUTTON_CHARACTERS = 4
MOST_ARTICLES = 8


def checked(body):
    """`{msgtype: content}` as the phone gets it, a long text cut. Raises Trouble."""
    kind = body.get("msgtype")
    if kind not in CHECKS:
        raise Trouble(40008, "invalid message type")
    content = body.get(kind)
    if not isinstance(content, dict):
        raise Trouble(40058, f"invalid Request Parameter: {kind} missing")
    return {kind: CHECKS[kind](content) or content}


def _text(content):
    text = content.get("content")
    if not isinstance(text, str) or not text:
        raise Trouble(44004, "empty content")
    return {**content, "content": text.encode()[:TEXT].decode(errors="ignore")}


def _file(kind):
    def check(content):
        media.find(str(content.get("media_id", "")), kind)

    return check


def _video(content):
    media.find(str(content.get("media_id", "")), "video")
    _bytes(content, "video", title=TITLE, description=DESCRIPTION)


def _textcard(card):
    for name in ("title", "description", "url"):
        if not isinstance(card.get(name), str) or not card[name]:
            raise Trouble(40058, f"invalid Request Parameter: textcard.{name} missing")
    limits = {"title": TITLE, "description": DESCRIPTION}
    if rules.value("textcard_limits") == "bytes":
        _bytes(card, "textcard", **limits)
    else:
        for name, most in limits.items():
            if len(card[name]) > most:
                raise Trouble(40058, f"invalid Request Parameter: textcard.{name} exceeds {most} characters")
    _bytes(card, "textcard", url=URL)
    if urlsplit(card["url"]).scheme not in {"http", "https"}:
        raise Trouble(40058, "invalid Request Parameter: textcard.url needs a scheme")
    if len(str(card.get("btntxt", ""))) > BUTTON_CHARACTERS:
        raise Trouble(40058, "invalid Request Parameter: textcard.btntxt exceeds 4 characters")


def _news(content):
    articles = content.get("articles")
    if not isinstance(articles, list) or not 1 <= len(articles) <= MOST_ARTICLES:
        raise Trouble(45008, "article count out of limit")
    for one in articles:
        if not isinstance(one, dict) or not one.get("title"):
            raise Trouble(41016, "missing title")
        _bytes(one, "articles", title=TITLE, description=DESCRIPTION, url=URL, picurl=URL)
        if not one.get("url") and not one.get("appid"):
            raise Trouble(41010, "missing url")
        if one.get("url") and urlsplit(one["url"]).scheme not in {"http", "https"}:
            raise Trouble(45034, "url must have a scheme")


def _bytes(content, where, **limits):
    for name, most in limits.items():
        if len(str(content.get(name, "")).encode()) > most:
            raise Trouble(40058, f"invalid Request Parameter: {where}.{name} exceeds {most} bytes")


def _template_card(card):
    template_cards.check(card)


CHECKS = {
    "text": _text,
    "markdown": _text,
    "image": _file("image"),
    "voice": _file("voice"),
    "file": _file("file"),
    "video": _video,
    "textcard": _textcard,
    "news": _news,
    "template_card": _template_card,
}
