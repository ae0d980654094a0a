"""Whether this machine opens and seals envelopes as WeCom does, by values that are known to be right."""

import json
from functools import cache
from pathlib import Path

from ..crypto import Codec, Forged

FILE = Path(__file__).parent / "vectors.json"


def failing():
    """The names of the values that did not come out right."""
    found = known()
    return [one["name"] for one in found["opened"] if not _opens(one)] + [
        one["name"] for one in found["sealed"] if not (_opens(one) and _seals(one))
    ]


@cache
def known():
    """`{"opened": […], "sealed": […]}`; the sealed ones also say with which random bytes."""
    return json.loads(FILE.read_text(encoding="utf-8"))


def _opens(one):
    try:
        plain = _codec(one).open(one["encrypt"], one["msg_signature"], timestamp=one["timestamp"], nonce=one["nonce"])
    except Forged:
        return False
    return plain == one["plaintext"].encode()


def _seals(one):
    sealed = _codec(one).seal(
        one["plaintext"].encode(),
        timestamp=one["timestamp"],
        nonce=one["nonce"],
        random=one["random16_ascii"].encode(),
    )
    return sealed == (one["encrypt"], one["msg_signature"])


def _codec(one):
    return Codec(one["token"], one["encoding_aes_key"], one["receiveid"])
