"""The id of a message tells who sent it, as which one, and when: no table has to be shared between two processes."""

import time
import uuid


def stamp(run, sender, number):
    """A canonical UUID as text: run and sender (16 bits each), number (32), nanoseconds of the monotonic clock (64)."""
    value = (run & 0xFFFF) << 112 | sender << 96 | number << 64 | (time.monotonic_ns() & 0xFFFF_FFFF_FFFF_FFFF)
    return str(uuid.UUID(int=value))


def read(text):
    """→ (run, sender, number, nanoseconds)"""
    digits = text.replace(b"-", b"")
    return int(digits[:4], 16), int(digits[4:8], 16), int(digits[8:16], 16), int(digits[16:], 16)
