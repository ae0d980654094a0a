"""Reads how large an iPhone's picture is from its boxes, so that a bubble can keep the room before it is converted.

Nothing is decoded here: this runs in the request, and the decoder is a large one (HEVC). What it reads is a hint; the
converted picture has the last word.
"""

import io
import struct

from .pictures import MAX_PIXELS, BadPicture, TooManyPixels

MOST = 1 << 20  # bytes of the box that describes the picture; an iPhone writes some kilobytes
# In one place. An iPhone writes some ten, and among its items (tiles, copies, what it says of itself) some hundred; without
# a limit 20 MB of empty boxes kept a request busy for seconds.
MOST_BOXES = 2_000
USUAL = (4032, 3024)  # for who does not say


def measured(content):
    """(width, height) as one sees it. Raises BadPicture when it is cut off or no picture at all, and TooManyPixels."""
    described = _inside(content, b"meta")
    if not 4 < len(described) <= MOST:
        raise BadPicture
    # Four bytes of version and flags come before the boxes.
    properties = _inside(io.BytesIO(_inside(io.BytesIO(described[4:]), b"iprp")), b"ipco")
    width, height = _largest(io.BytesIO(properties))
    if width * height > MAX_PIXELS:
        raise TooManyPixels
    return width, height


def _inside(content, wanted):
    """The body of the first box of this kind, or nothing; every box is walked, so that a file cut short is noticed."""
    found = b""
    for kind, start, end in boxes_of(content):
        if kind == wanted and not found:
            content.seek(start)
            found = content.read(min(end - start, MOST + 1))
    return found


def boxes_of(content):
    """`(kind, start, end)` of each box's body. Raises BadPicture where one is longer than what it lies in, or they are many."""
    end, start, count = content.seek(0, 2), 0, 0
    while start + 8 <= end:
        count += 1
        if count > MOST_BOXES:
            raise BadPicture
        content.seek(start)
        head = content.read(16)
        size, kind = struct.unpack_from(">I4s", head)
        body = start + 8
        if size == 1 and len(head) == 16:
            size, body = struct.unpack_from(">Q", head, 8)[0], start + 16
        after = start + size if size else end
        if not body <= after <= end:
            raise BadPicture
        yield kind, body, after
        start = after


def _largest(properties):
    """The size of the largest picture in it: the others are its tiles and its thumbnail."""
    sizes, turned = [], False
    for kind, start, end in boxes_of(properties):
        properties.seek(start)
        body = properties.read(min(end - start, 12))
        if kind == b"ispe" and len(body) == 12:
            sizes.append(struct.unpack_from(">II", body, 4))
        elif kind == b"irot" and body:
            turned = turned or bool(body[0] & 1)
    size = max((each for each in sizes if all(each)), key=lambda each: each[0] * each[1], default=USUAL)
    return size[::-1] if turned else size
