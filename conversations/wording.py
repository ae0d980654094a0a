"""Small pure functions over the words people write: checking, shortening, naming."""

import re
import unicodedata
import uuid

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from .errors import Refused

SUBJECT_CHARS = 60
LAST_LINE_CHARS = 100
WORDS_CHARS = 300  # a remark with a rating
CANONICAL_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
# What somebody types who wants a person: these words alone, or the verb anywhere.
WANTS_PERSON = re.compile(
    r"转\s*人工|^\W*(?:(?:请|帮我|我要|我想|麻烦)?[转接找]?(?:人工|真人)(?:客服|服务|坐席)?|human|agent)\W*$",
    re.IGNORECASE,
)
KIND_LABELS = {"image": gettext_noop("[图片]"), "file": gettext_noop("[文件]")}


def kind_label(msg_type):
    """What stands for a message without words, as it is stored: `[图片]`, `[文件]`, or nothing."""
    return KIND_LABELS.get(msg_type, "")


def visitor_gone():
    """The one sentence for absent and for foreign conversations."""
    return _("没有找到这个对话")


def one_line(content, limit):
    """The first `limit` characters as one line, without code fences, with an ellipsis where something is cut."""
    line = " ".join(re.sub(r"```\w*", " ", content).split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


def asks_for_person(content):
    """Whether the words ask for a person instead of the assistant. Decided here, by code, before any model sees them."""
    return bool(WANTS_PERSON.search(content))


def searched(raw):
    """What somebody looks for. NUL stands in no stored text, and PostgreSQL does not even take it in a question."""
    return raw.replace("\0", "").strip()


def checked_client_id(raw, name="client_id"):
    """The id that a page gave to a message, or to a draft, as a UUID. Raises Refused."""
    if isinstance(raw, uuid.UUID):
        return raw
    if not CANONICAL_UUID.fullmatch(str(raw or "")):
        raise Refused(_("%(name)s 必须是 UUID") % {"name": name}, code=f"bad_{name}")
    return uuid.UUID(raw)


def checked_content(raw, *, may_be_empty=False):
    """The words as they are stored. Raises Refused when empty, too long, or not text at all.

    U+FFFD is what Django makes of bytes that are not UTF-8: storing it would lose what was meant. NUL is the one
    character that PostgreSQL cannot store, so its picture stands for it.
    """
    content = unicodedata.normalize("NFC", raw or "").replace("\r\n", "\n").replace("\r", "\n")
    if "\ufffd" in content:
        raise Refused(_("文字不是有效的 UTF-8，没有保存，请重新输入"), code="bad_encoding")
    if len(content) > settings.MESSAGE_MAX_CHARS:
        raise Refused(
            _("文字超过 %(limit)s 字，没有发出。请作为文件附上") % {"limit": settings.MESSAGE_MAX_CHARS},
            code="too_long",
        )
    if not may_be_empty and not has_ink(content):
        raise Refused(_("还没有写内容"), code="empty")
    return content.replace("\0", "␀").strip("\n")


def checked_draft(raw):
    """Words that may still be in the middle of a sentence: kept as they stand, or nothing when nothing can be seen.
    Raises Refused when they are longer than a message."""
    content = raw.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "␀")
    if len(content) > settings.MESSAGE_MAX_CHARS:
        raise Refused(_("草稿太长，只保存在这台设备上"), code="too_long")
    return content if has_ink(content) else ""


def checked_words(raw):
    """A remark of one line, or nothing. Raises Refused when it is too long or not text."""
    words = " ".join(checked_content(raw, may_be_empty=True).split())
    if len(words) > WORDS_CHARS:
        raise Refused(_("留言最多 %(limit)s 字") % {"limit": WORDS_CHARS}, code="too_long")
    return words if has_ink(words) else ""


def has_ink(content):
    """Whether anything in it can be seen: spaces, controls and invisible marks alone are an empty message."""
    return any(unicodedata.category(char) not in {"Zs", "Zl", "Zp", "Cc", "Cf"} for char in content)
