"""Blanks what an iPhone's picture says beside its pixels: for the rare one that cannot be converted and stays a file.

ISO/IEC 14496-12: `iinf` names the items of the file and their types, `iloc` says where their bytes lie. The bytes become
zeros in their place, so that nothing else moves.
"""

import io

from .heic import boxes_of
from .pictures import BadPicture

TELLING = (b"Exif", b"mime")  # place and camera; XMP


def blanked(data):
    """`data` without what it says of itself; as it came where its boxes cannot be read."""
    try:
        extents = list(_extents(data))
    except (BadPicture, IndexError):
        return data
    result = bytearray(data)
    for start, length in extents:
        length = max(0, min(length, len(result) - start))
        result[start : start + length] = bytes(length)
    return bytes(result)


def _extents(data):
    """`(start, length)` of every stretch that tells something."""
    top = {kind: (start, end) for kind, start, end in boxes_of(io.BytesIO(data))}
    start, end = top.get(b"meta", (0, 0))
    start += 4  # version and flags
    inside = {kind: (start + a, start + b) for kind, a, b in boxes_of(io.BytesIO(data[start:end]))}
    if not {b"iinf", b"iloc"} <= set(inside):
        return
    telling = set(_telling_items(data[slice(*inside[b"iinf"])]))
    own_data = inside.get(b"idat", (0, 0))[0]
    for item, method, offset, length in _locations(Reader(data[slice(*inside[b"iloc"])])):
        if item in telling:
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
    wide = 2 if version < 2 else 4
    for _item in range(reader.take(wide)):
        item = reader.take(wide)
        method = reader.take(2) & 15 if version else 0
        reader.take(2)
        base = reader.take(of_base)
        for _extent in range(reader.take(2)):
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
