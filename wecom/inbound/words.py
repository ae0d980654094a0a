"""Texts, places and links: what is in the envelope itself."""

import unicodedata

from django.conf import settings
from django.utils.translation import gettext as _

from conversations.wording import has_ink

from . import outcomes
from .posting import from_member, post
from .registry import on_message

# Tencent's map wants a title and an address; people read the place in the line above, not in an address full of `%E6`.
MAP = "https://apis.map.qq.com/uri/v1/marker?marker=coord:{lat:.6f},{lon:.6f};title:here;addr:here&referer=itdesk"


@on_message("text")
@from_member
def text(entry, person):
    """A message; several, where the desk is set to take less than WeCom lets people write."""
    _post_all(entry, person, entry.text("Content"))


@on_message("location")
@from_member
def location(entry, person):
    """Where somebody is, in words, with a map that only the numbers name."""
    label = entry.text("Label").strip()
    lines = [" ".join(filter(None, [_("[位置]"), label])), _map(entry)]
    _post_all(entry, person, "\n".join(filter(None, lines)))


@on_message("link")
@from_member
def link(entry, person):
    """A page that somebody shares. Its picture is never fetched: that address is anybody's (RELIABILITY C8)."""
    told = [entry.text(name).strip() for name in ("Title", "Description", "Url")]
    _post_all(entry, person, "\n".join(filter(None, [" ".join(filter(None, [_("[链接]"), told[0]])), *told[1:]])))


def _post_all(entry, person, content):
    pieces = pieces_of(content, settings.MESSAGE_MAX_CHARS)
    for number, piece in enumerate(pieces):
        post(entry, person, piece, part=str(number))
    if not pieces:
        entry.outcome = outcomes.EMPTY


def pieces_of(content, most):
    """`content` in pieces of at most `most` characters, parted at ends of lines where there are any; none of them empty.

    As `checked_content` will count them. U+FFFD is refused there, because it mostly means that something was lost on its
    way to us; here it was in the words themselves.
    """
    rest = unicodedata.normalize("NFC", content).replace("\r\n", "\n").replace("\r", "\n").replace("\ufffd", "□")
    pieces = []
    while rest:
        end = len(rest) if len(rest) <= most else rest.rfind("\n", most // 2, most) + 1 or most
        pieces.append(rest[:end])
        rest = rest[end:]
    return [piece for piece in pieces if has_ink(piece)]


def _map(entry):
    try:
        lat, lon = float(entry.text("Location_X")), float(entry.text("Location_Y"))
    except ValueError:
        return ""
    if not (-90 <= lat <= 90 and -180 <= lon <= 180):  # NaN is in no range
        return ""
    return MAP.format(lat=lat, lon=lon)
