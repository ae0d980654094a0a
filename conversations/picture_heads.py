"""Reads of a picture only where its parts begin, so that no decoder needs to be asked how much work it would be.

A decoder unpacks texts and colour profiles and collects every part as soon as it opens a file: a PNG of 64 KB took
241 MB. Nothing here unpacks anything, and whatever is not as usual is simply not light.
"""

import re
import struct

MOST_PARTS = 100  # of a JPEG; cameras write some ten
MOST_CHUNKS = 2_000  # of a PNG; 4 MB in pieces of 8 KB are 500
MOST_SCANS = 20  # of a JPEG; the usual progressive one has ten, and each costs a pass over the whole picture
EOI, SOS, COM = 0xD9, 0xDA, 0xFE
APP = range(0xE0, 0xF0)
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}  # SOF0 to SOF15: how large it is
_WITHOUT_LENGTH = frozenset([0x00, 0x01, *range(0xD0, 0xD9)])  # they have no place between the parts
_FILLING = re.compile(rb"\xff+")  # as many as one likes may stand before a mark
_AFTER_A_SCAN = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")  # neither a stuffed byte nor a restart
# They unpack to more than they are, come in many frames, or say a second time how large it is.
_HEAVY_CHUNKS = (b"zTXt", b"iTXt", b"iCCP", b"acTL", b"fcTL", b"fdAT")


def is_light(data, most_pixels):
    """Whether a decoder opens and decodes `data` with little time and memory: a still, plain picture of so many pixels."""
    try:
        width, height = _size(data)
    except (_Heavy, struct.error, IndexError):
        return False
    return 0 < width * height <= most_pixels


class _Heavy(Exception):
    """It is not plain, or no picture."""


def _size(data):
    for beginning, size in {b"\x89PNG\r\n\x1a\n": _png, b"\xff\xd8": _jpeg, b"RIFF": _webp, b"GIF8": _gif}.items():
        if data.startswith(beginning):
            return size(data)
    raise _Heavy


def _png(data):
    # Wherever they stand: where the pixels end before their chunk does, Pillow reads on among what is left of it.
    if any(name in data for name in _HEAVY_CHUNKS):
        raise _Heavy
    size, at, chunks = (0, 0), 8, 0
    while at + 8 <= len(data) and (chunks := chunks + 1):
        length, name = struct.unpack_from(">I4s", data, at)
        if chunks > MOST_CHUNKS or (name == b"IHDR") != (chunks == 1):
            raise _Heavy
        if name == b"IHDR":
            size = struct.unpack_from(">II", data, at + 8)
        if name == b"IEND":
            break
        at += 12 + length
    return size


def _jpeg(data):
    sizes, scans, mark = [], 0, None
    for number, (mark, at) in enumerate(jpeg_marks(data)):
        scans += mark == SOS
        if number > MOST_PARTS or scans > MOST_SCANS:
            raise _Heavy
        if mark in _FRAMES:
            sizes.append(struct.unpack_from(">HH", data, at + 3)[::-1])
    if len(sizes) != 1 or mark != EOI:  # libjpeg goes on over what makes no sense, and finds more scans behind it
        raise _Heavy
    return sizes[0]


def _webp(data):
    kind = data[12:16]
    if kind == b"VP8X" and not data[20] & 2:  # no animation
        return int.from_bytes(data[24:27], "little") + 1, int.from_bytes(data[27:30], "little") + 1
    if kind == b"VP8 ":
        return tuple(side & 0x3FFF for side in struct.unpack_from("<HH", data, 26))
    if kind == b"VP8L":
        sides = struct.unpack_from("<I", data, 21)[0]
        return (sides & 0x3FFF) + 1, (sides >> 14 & 0x3FFF) + 1
    raise _Heavy


def _gif(data):
    """The screen, or the first frame where that reaches beyond it: no more is decoded of it here."""
    width, height, flags = struct.unpack_from("<HHB", data, 6)
    at, parts = 13 + _colours(flags), 0
    while data[at] == 0x21:  # an extension: its kind, then blocks that each say how long they are
        at += 2
        while (length := data[at]) and (parts := parts + 1) <= MOST_PARTS:
            at += 1 + length
        at, parts = at + 1, parts + 1
        if parts > MOST_PARTS:
            raise _Heavy
    if data[at] != 0x2C:
        raise _Heavy
    left, top, wide, high = struct.unpack_from("<HHHH", data, at + 1)
    return max(width, left + wide), max(height, top + high)


def _colours(flags):
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0


def jpeg_marks(data):
    """`(mark, where its length stands)` of each part of a JPEG up to its end (EOI) or to where it makes no sense."""
    at = 2
    while at + 2 <= len(data) and data[at] == 0xFF:
        at = _FILLING.match(data, at).end() - 1
        mark = data[at + 1] if at + 1 < len(data) else 0
        if mark in _WITHOUT_LENGTH:
            return
        at += 2
        yield mark, at
        if mark == EOI or at + 2 > len(data):
            return
        at += max(2, struct.unpack_from(">H", data, at)[0])
        if mark == SOS:
            found = _AFTER_A_SCAN.search(data, at)
            at = found.start() if found else len(data)


def jpeg_hides_more(data):
    """Whether something stands behind its end, or words among its scans, where decoders do not look for them."""
    last, scanned = None, False
    for last in jpeg_marks(data):
        if scanned and (last[0] in APP or last[0] == COM):
            return True
        scanned = scanned or last[0] == SOS
    return last != (EOI, len(data))
