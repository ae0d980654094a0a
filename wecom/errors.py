"""The one error that a call to WeCom can end with."""

import ipaddress
import re

from . import codes

CODE_SPENT = codes.of_kind(codes.LOGIN)  # the login code was used, is unknown or too old
TOKEN_STALE = codes.of_kind(codes.STALE) | {40001}  # from a business call: fetch a new token, try once more
SECRET_WRONG = frozenset({40001, 40013, 40091})  # from gettoken: asking again gets our address blocked for an hour
UNREACHABLE = codes.of_kind(codes.NOBODY)
NOT_VISIBLE = UNREACHABLE - {81013}
CARD_SPENT = codes.of_kind(codes.CARD_SPENT)
MEDIA_LOST = codes.of_kind(codes.MEDIA_LOST)

FROM_IP = re.compile(r"from ip: ?([0-9a-fA-F.:]+)")
HINT = re.compile(r"hint: ?\[([0-9A-Za-z_-]{1,64})\]")


class WecomError(Exception):
    """A call that did not succeed.

    `code`: WeCom's errcode, or "unreachable" (never left us), "interrupted" (left, no answer: it may have happened),
    "garbled", "too_big", "http 503" or "busy". `kind`: one of `codes`, how to go on. `permanent`: the same request can
    never succeed. `retry_after`: seconds until a retry makes sense, else None. `meaning` and `reaction`: for an
    administrator. `from_ip`: the address that WeCom saw us come from, `hint`: what its support asks for; both may be
    empty. Never holds an address of a call or a secret.
    """

    def __init__(self, code, entry=codes.UNKNOWN, errmsg=""):
        super().__init__(f"WeCom {code}: {entry.meaning}")
        self.code, self.kind = code, entry.kind
        self.is_known = entry is not codes.UNKNOWN
        self.meaning, self.reaction = entry.meaning, entry.reaction
        self.retry_after = entry.wait
        self.from_ip, self.hint = _address(errmsg), _hint(errmsg)

    @property
    def permanent(self):
        return self.retry_after is None

    @property
    def uncertain(self):
        """Whether the other side may have done it all the same."""
        # 503 is said before anything is begun; any other failure of a server or a proxy may have come after it.
        return self.code in {"interrupted", "garbled"} or (str(self.code) != "http 503" and "http 5" in str(self.code))

    @property
    def systemic(self):
        """Whether it tells of the connection rather than of this one request."""
        return not self.permanent

    @property
    def everybody(self):
        """Whether no other request need be made now.

        Not for a code that nobody knows: it may be about this one, and one person's must not hold up the rest.
        """
        return self.systemic and self.is_known

    @property
    def misconfigured(self):
        """Whether an administrator has to put something right before anything works."""
        return self.kind in {codes.SETTINGS, codes.CALLBACK}


def error_for(code, errmsg=""):
    """The WecomError of an errcode, of one of our own words, or of "http 503". Of `errmsg` only two facts are kept."""
    return WecomError(code, entry_for(code), errmsg)


def entry_for(code):
    if str(code).startswith("http "):
        return codes.HTTP
    return codes.WORDS.get(code) or codes.CODES.get(code, codes.UNKNOWN)


def meaning(code):
    """What an errcode (number or text) or one of our own words means, or the empty text."""
    number = int(code) if str(code).lstrip("-").isdecimal() else code
    known = isinstance(number, int) or number in codes.WORDS or str(number).startswith("http ")
    return entry_for(number).meaning if known else ""


def _address(errmsg):
    found = FROM_IP.search(errmsg)
    try:
        return str(ipaddress.ip_address(found[1])) if found else ""
    except ValueError:
        return ""


def _hint(errmsg):
    found = HINT.search(errmsg)
    return found[1] if found else ""
