"""The beginning of a text file as words: whichever of the three encodings that Windows writes here, and without tricks."""

import codecs

from .body import CONTROL_PICTURES, DIRECTION_MARKS

PREVIEW_BYTES = 64 * 1024
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


def beginning(content):
    """`(words, whether there is more)` of the open file `content`."""
    content.seek(0)
    head = content.read(PREVIEW_BYTES + 1)
    more = len(head) > PREVIEW_BYTES
    return readable(head[:PREVIEW_BYTES], cut=more), more


def readable(data, cut=False):
    """`data` as text; `cut`: its last character may be half of one."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _shown(_decoded(data[len(mark) :], encoding, cut, "replace"))
    try:
        return _shown(_decoded(data, "utf-8", cut, "strict"))
    except UnicodeDecodeError:
        return _shown(_decoded(data, "gb18030", cut, "replace"))


def _decoded(data, encoding, cut, errors):
    return codecs.getincrementaldecoder(encoding)(errors).decode(data, final=not cut)


def _shown(text):
    # As in messages: what could not be seen, or turns the reading direction round, is shown as a sign.
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text.translate(CONTROL_PICTURES).translate(DIRECTION_MARKS)
