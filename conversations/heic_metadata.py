"""Blanks what an iPhone's picture says beside its pixels: for the rare one that cannot be converted and stays a file.

ISO/IEC 14496-12: `iinf` names the items of the file and their types, `iloc` says where their bytes lie. The bytes become
zeros in their place, so that nothing else moves.
"""

import io

from .heic import MOST, boxes_of
from .pictures import BadPicture, Picture

TELLING = (b"Exif", b"mime")  # place and camera; XMP
# An iPhone writes some hundred items of one extent each. Six bytes can claim 65,535 extents, each of the whole file.
MOST_EXTENTS = 2_000


def blank(content):
    """The open file `content` without what it says of itself, as Picture without a size."""
    content.seek(0)
    return Picture(0, 0, blanked(content.read()))


def blanked(data):
    """`data` without what it says of itself; as it came where its boxes cannot be read."""
    try:
        extents = list(_extents(data))
        if sum(length for _start, length in extents) > len(data):
            raise BadPicture
    except (BadPicture, IndexError):
        return data
    result = bytearray(data)
    for start, length in extents:
        length = max(0, min(length, len(result) - start))
        result[start : start + length] = bytes(length)
    return bytes(result)


def _extents(data):
    """`(start, length)` of every stretch that tells something."""
    start, end = next(((a, b) for kind, a, b in boxes_of(io.BytesIO(data)) if kind == b"meta"), (0, 0))
    if end - start > MOST:
        raise BadPicture
    start += 4  # version and flags
    inside = {kind: (start + a, start + b) for kind, a, b in boxes_of(io.BytesIO(data[start:end]))}
    if not {b"iinf", b"iloc"} <= set(inside):
        return
    telling = set(_telling_items(data[slice(*inside[b"iinf"])]))
    own_data = inside.get(b"idat", (0, 0))[0]
    for item, method, offset, length in _locations(Reader(data[slice(*inside[b"iloc"])])):
        if item in telling and length:
            yield offset + (own_data if method == 1 else 0), length


def _telling_items(body):
    entries = 8 if body[0] else 6  # version and flags, then how many, in four bytes or in two
    for kind, start, end in boxes_of(io.BytesIO(body[entries:])):
        entry = Reader(body[entries + start : entries + end])
        version = entry.take(4) >> 24
        if kind == b"infe" and version >= 2:
            item = entry.take(2 if version == 2 else 4)
            entry.take(2)
            if entry.body[entry.at : entry.at + 4] in TELLING:
                yield item


def _locations(reader):
    """`(item, construction method, offset, length)` of every extent."""
    version = reader.take(4) >> 24
    sizes = reader.take(2)
    of_offset, of_length, of_base, of_index = (sizes >> shift & 15 for shift in (12, 8, 4, 0))
    wide, seen = 2 if version < 2 else 4, 0
    for _item in range(reader.take(wide)):
        item = reader.take(wide)
        method = reader.take(2) & 15 if version else 0
        reader.take(2)
        base = reader.take(of_base)
        extents = reader.take(2)
        seen += max(1, extents)
        if seen > MOST_EXTENTS:
            raise BadPicture
        for _extent in range(extents):
            if version:
                reader.take(of_index)
            yield item, method, base + reader.take(of_offset), reader.take(of_length)


class Reader:
    """Numbers one after the other. Raises IndexError at the end."""

    def __init__(self, body):
        self.body, self.at = body, 0

    def take(self, size):
        self.at += size
        if self.at > len(self.body):
            raise IndexError
        return int.from_bytes(self.body[self.at - size : self.at], "big")
