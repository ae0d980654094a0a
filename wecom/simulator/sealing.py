"""Envelopes as WeCom seals them, and as nobody should: each twist spoils one thing (WECOM 5)."""

import hashlib
import secrets
import time

from django.conf import settings

from ..crypto import Codec
from . import rules, xml

OLD = 20 * 60  # seconds: beyond what the app may take for fresh
BOMB = '<!DOCTYPE xml [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
# What the app must refuse.
FORGERIES = ("signature", "broken", "receive_id", "late", "bomb")


def envelope(plain, twist=""):
    """Seal the XML text `plain`. → (query dict, body text)."""
    timestamp = str(int(time.time()) - (OLD if twist == "late" else 0))
    encrypt, query = sealed(BOMB + plain if twist == "bomb" else plain, timestamp, twist)
    fields = {"ToUserName": settings.WECOM_CORP_ID}
    if rules.value("agent_in_envelope") == "yes":
        fields["AgentID"] = str(settings.WECOM_AGENT_ID)
    return query, xml.document({**fields, "Encrypt": encrypt})


def sealed(plain, timestamp, twist=""):
    """→ (ciphertext, the query that belongs to it)."""
    nonce = str(secrets.randbelow(10**10))
    receive_id = "ww-another-corp" if twist == "receive_id" else settings.WECOM_CORP_ID
    codec = Codec(settings.WECOM_CALLBACK_TOKEN, settings.WECOM_CALLBACK_AES_KEY, receive_id)
    encrypt, signed = codec.seal(plain.encode(), timestamp=timestamp, nonce=nonce)
    if twist == "broken":
        encrypt = encrypt[:40] + ("A" if encrypt[40] != "A" else "B") + encrypt[41:]
        signed = signature(timestamp, nonce, encrypt)
    if twist == "signature":
        signed = ("0" if signed[0] != "0" else "1") + signed[1:]
    return encrypt, {"msg_signature": signed, "timestamp": timestamp, "nonce": nonce}


def signature(timestamp, nonce, encrypt):
    """Written a second time on purpose: this side must not share the app's mistakes."""
    parts = sorted([settings.WECOM_CALLBACK_TOKEN, timestamp, nonce, encrypt])
    return hashlib.sha1("".join(parts).encode()).hexdigest()  # noqa: S324  WeCom's own protocol
