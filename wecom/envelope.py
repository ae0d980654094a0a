"""Whether a request to the callback comes from WeCom, and what it says. Whatever is wrong is `Forged`, and nothing else.

The two key pairs are both tried, so that the keys can be changed without losing what is on its way. A copy that comes
again within the window opens again: it finds its row in the table and is skipped, which is what a true retry needs.
"""

import time
from dataclasses import dataclass

from django.conf import settings
from django.views.decorators.debug import sensitive_variables

from .crypto import Codec, Forged
from .markup import Unreadable, stranger_root

MAX_BODY = 64 * 1024  # bytes
WINDOW = 10 * 60  # seconds to either side of our clock
LONGEST = 128  # characters of a nonce; WeCom's have ten

clock = time.time  # seconds; tests turn it back to when the known values were made


@dataclass(frozen=True)
class Opened:
    """`plain`: the bytes that WeCom sealed. `skew`: seconds by which its clock is ahead of ours."""

    plain: bytes
    skew: int


@sensitive_variables()
def open_query(query):
    """What WeCom asks to have repeated when the address is saved. `query`: a QueryDict. Raises Forged."""
    # `+` of base64 that nobody escaped arrives as a space, which base64 does not have.
    return _Seal.of(query).open(query.get("echostr", "").replace(" ", "+"))


@sensitive_variables()
def open_body(query, body):
    """What WeCom sends. `body`: its bytes, of which somebody has read at most MAX_BODY + 1. Raises Forged.

    Nothing of the outer XML but the sealed text counts: the rest is not signed, and whoever has caught an envelope
    could send it again under another AgentID.
    """
    seal = _Seal.of(query)  # first: a time that is long past costs us no look at the body
    if len(body) > MAX_BODY:
        raise Forged
    try:
        found = [child.text or "" for child in stranger_root(body) if child.tag == "Encrypt"]
    except Unreadable:
        raise Forged from None
    if len(found) != 1:
        raise Forged
    return seal.open(found[0])


@dataclass(frozen=True)
class _Seal:
    """What the query says of an envelope; its time lies within the window."""

    signature: str
    timestamp: str
    nonce: str
    skew: int

    @classmethod
    def of(cls, query):
        signature, timestamp, nonce = (query.get(name, "") for name in ("msg_signature", "timestamp", "nonce"))
        if len(nonce) > LONGEST:
            raise Forged
        return cls(signature, timestamp, nonce, _skew(timestamp))

    def open(self, encrypt):
        for codec in _codecs():
            try:
                return Opened(
                    codec.open(encrypt, self.signature, timestamp=self.timestamp, nonce=self.nonce), self.skew
                )
            except Forged:
                continue
        raise Forged


def _skew(timestamp):
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        raise Forged
    skew = int(timestamp) - int(clock())
    if abs(skew) > WINDOW:
        raise Forged
    return skew


def _codecs():
    pairs = (
        (settings.WECOM_CALLBACK_TOKEN, settings.WECOM_CALLBACK_AES_KEY),
        (settings.WECOM_CALLBACK_TOKEN_OLD, settings.WECOM_CALLBACK_AES_KEY_OLD),
    )
    return [Codec(token, key, settings.WECOM_CORP_ID) for token, key in pairs if token and key]
