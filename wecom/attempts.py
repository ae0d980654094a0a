"""One try to sign in, from leaving for WeCom to coming back: the state, and the browser it is bound to.

Each attempt is a signed cookie of its own rather than an entry in a shared pre-login session: two tabs that ask at the
same moment would overwrite each other's session. The cookie names its state and its `next`; that it is used once is
the database's word (`CodeExchange`).
"""

import re
import secrets
from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.utils.crypto import constant_time_compare

LIFE = 600  # seconds
AT_ONCE = 5
SALT = "wecom.attempt"
STATE = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Attempt:
    """`state`: 32 random bytes in hex (WeCom takes only letters and digits). `restarts`: the loop guard."""

    state: str
    next: str
    restarts: int = 0

    @classmethod
    def new(cls, next, restarts=0):
        return cls(secrets.token_hex(32), next, restarts)

    @property
    def cookie(self):
        return _prefix() + self.state[:16]


def remember(request, response, attempt):
    """Bind `attempt` to this browser; of more than five the oldest are forgotten."""
    value = signing.dumps({"state": attempt.state, "next": attempt.next, "restarts": attempt.restarts}, salt=SALT)
    for name in _surplus(request):
        response.delete_cookie(name, samesite="Lax")
    response.set_cookie(
        attempt.cookie, value, max_age=LIFE, secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Lax"
    )


def returning(request):
    """The attempt that this browser made with the `state` in the address, or None."""
    state = request.GET.get("state", "")
    if not STATE.fullmatch(state):
        return None
    attempt = _read(request.COOKIES.get(_prefix() + state[:16], ""))
    return attempt if attempt and constant_time_compare(attempt.state, state) else None


def _read(value):
    try:
        return Attempt(**signing.loads(value, salt=SALT, max_age=LIFE))
    except (signing.BadSignature, TypeError):
        return None


def _surplus(request):
    names = [name for name in request.COOKIES if name.startswith(_prefix())]
    living = [name for name in names if _read(request.COOKIES[name])]
    # The text after the first colon is the signing time in base 62, of one length for centuries: it sorts as it ages.
    living.sort(key=lambda name: request.COOKIES[name].split(":")[1], reverse=True)
    return set(names) - set(living[: AT_ONCE - 1])


def _prefix():
    # __Host-: no sibling domain can plant an attempt of its own here and sign the victim in as somebody else.
    return "__Host-login-" if settings.SESSION_COOKIE_SECURE else "login-"
