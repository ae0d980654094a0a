"""Signs our own pages' addresses for WeCom's JS-SDK. The ticket stays here: a page gets the signature alone."""

import hashlib
import re
import secrets
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.views.decorators.debug import sensitive_variables

from .tickets import Ticket

LONGEST_ADDRESS = 2048
UNCLEAN = re.compile(r"[\x00-\x20\x7f\\#]|[^\x00-\x7f]")  # the client signs what the browser wrote: escaped, without #
PORTS = {"http": 80, "https": 443}


class ForeignAddress(ValueError):
    """Not the address of a page of ours: whoever has it signed could use the app's rights on a page of theirs."""


@dataclass(frozen=True)
class Signature:
    """`timestamp` in seconds; `nonce` and `timestamp` go to WeCom's client with the digest."""

    timestamp: int
    nonce: str
    digest: str


def signed(address, *, own, kind):
    """The Signature of `address`. `own`: addresses on our host, at least one. Raises ForeignAddress and WecomError."""
    origin = origin_of(address)
    if origin is None or UNCLEAN.search(address) or len(address) > LONGEST_ADDRESS:
        raise ForeignAddress(address)
    if origin not in map(origin_of, own):
        raise ForeignAddress(address)
    return _signature(Ticket(kind).current(), secrets.token_hex(16), int(time.time()), address)


def own_addresses(request):
    """Where this desk is reached: the host that this browser sees, for which ALLOWED_HOSTS vouches, and SITE_URL."""
    return [request.build_absolute_uri("/"), settings.SITE_URL]


def origin_of(address):
    """(scheme, host, port), or None for what is no plain web address."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in PORTS or not parts.hostname or "@" in parts.netloc:
        return None
    return parts.scheme, parts.hostname, port or PORTS[parts.scheme]


@sensitive_variables("ticket", "text")
def _signature(ticket, nonce, timestamp, address):
    """In this order and unescaped (O-90506)."""
    text = f"jsapi_ticket={ticket}&noncestr={nonce}&timestamp={timestamp}&url={address}"
    digest = hashlib.sha1(text.encode()).hexdigest()  # noqa: S324  WeCom's choice
    return Signature(timestamp, nonce, digest)
