"""What a member does with the phone, as a form says it."""

from . import pushes, words

LONGEST_TEXT = 2000
LARGEST_FILE = 20 * 1024 * 1024
# The shortest AMR there is: its head and three frames of silence.
SILENCE = b"#!AMR\n" + (b"\x7c" + b"\x00" * 31) * 3


class Nothing(Exception):
    """The form asks for nothing that a phone could do."""


def do(userid, kind, form, files):
    """Raises Nothing."""
    if kind not in DONE:
        raise Nothing("kind")
    DONE[kind](userid, form, files)


def tap(message, form):
    """A tap on the button `key` of a card that is there. Raises Nothing."""
    card = message.card or message.body.get("template_card")
    key = form.get("key", "")
    known = {one.get("key") for one in (card or {}).get("button_list", []) if one.get("type", 0) == 0}
    if key not in known or message.greyed:
        raise Nothing("key")
    question = card.get("button_selection", {}).get("question_key")
    chosen = form.get("option")
    pushes.tap(message, key, [(question, chosen)] if question and chosen else [])


def _text(userid, form, _files):
    content = form.get("content", "").strip()[:LONGEST_TEXT]
    if not content:
        raise Nothing("content")
    pushes.text(userid, content)


def _file(userid, _form, files):
    found = files.get("file")
    if found is None or not 0 < found.size <= LARGEST_FILE:
        raise Nothing("file")
    kind = (found.content_type or "").partition("/")[0]
    send = {"image": pushes.image, "video": pushes.video}.get(kind, pushes.file)
    send(userid, found.name, found.content_type or "", found.read())


def _place(userid, form, _files):
    number = form.get("number", "")
    if number not in {"0", "1", "2"}:
        raise Nothing("number")
    place = words.PLACES[int(number)]
    pushes.location(userid, place["latitude"], place["longitude"], str(place["label"]))


def _link(userid, form, _files):
    number = form.get("number", "")
    if number not in {"0", "1"}:
        raise Nothing("number")
    link = words.LINKS[int(number)]
    pushes.link(userid, str(link["title"]), str(link["description"]), link["url"])


DONE = {
    "text": _text,
    "file": _file,
    "voice": lambda userid, _form, _files: pushes.voice(userid, SILENCE),
    "place": _place,
    "link": _link,
    "enter": lambda userid, _form, _files: pushes.enter(userid),
    "pads": lambda userid, _form, _files: pushes.every_pad(userid),
}
