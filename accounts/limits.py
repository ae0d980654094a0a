"""How often somebody may do something. The only user of django-ratelimit, and the answer to its pitfalls:

its decorator breaks async views, its counter raises when Redis is away whatever `RATELIMIT_FAIL_OPEN` says, its
address comes from where a proxy left nothing, and its `time_left` ends one second before its window does.
"""

import ipaddress
import logging
import math
from functools import cache, wraps
from inspect import iscoroutinefunction

from django.conf import settings
from django.utils.translation import gettext as _
from django_ratelimit.core import get_usage
from redis.exceptions import RedisError

from .answers import answer
from .counters import Breaker, LocalCounters

logger = logging.getLogger(__name__)

SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}

counters = LocalCounters()
breaker = Breaker()


def limited(group, rate_setting):
    """View decorator: a POST beyond `settings.<rate_setting>` ("30/m") is answered 429 with a true `Retry-After`.

    Counted per person, or per address for who is not signed in (an office is one address: people come first).
    JSON: `{"error": "too_fast", "reason", "retry_after": seconds}`. Views with the same `group` share one count.
    """

    def decorate(view):
        if iscoroutinefunction(view):
            raise TypeError(f"{view.__qualname__}: limited is for sync views; the counter may wait for Redis")

        @wraps(view)
        def counted(request, *args, **kwargs):
            seconds = hit(request, group, getattr(settings, rate_setting)) if request.method == "POST" else 0
            return too_fast(request, seconds) if seconds else view(request, *args, **kwargs)

        return counted

    return decorate


def hit(request, group, rate, who=None):
    """Count one event of `group`. Returns 0 when it is within `rate`, else the seconds until the next try is allowed.

    `who`: whom to count, when it is neither the person nor the address of `request` (a login name, say).
    """
    limit, _period = _split(rate)
    hits, seconds_left = _count(request, group, rate, who or person_or_address(request), increment=True)
    return seconds_left if hits > limit else 0


def wait(request, group, rate, who=None):
    """Seconds until another event of `group` is allowed, 0 for now. Counts nothing: for what only failures count."""
    limit, _period = _split(rate)
    hits, seconds_left = _count(request, group, rate, who or person_or_address(request), increment=False)
    return seconds_left if hits >= limit else 0


def _count(request, group, rate, who, increment):
    """(hits in this window, whole seconds until the next), from the shared cache or, while it is away, from here."""
    limit, period = _split(rate)
    if not breaker.is_open:
        try:
            usage = get_usage(request, group=group, key=lambda *_: who, rate=(limit, period), increment=increment)
        except (RedisError, OSError) as error:
            _note_failure(error)
        else:
            if usage is None:  # RATELIMIT_ENABLE is off
                return -1, 0
            if usage["time_left"] >= 0:
                # The window ends after the second named by time_left: who comes exactly then is still early.
                return usage["count"], usage["time_left"] + 1
            _note_failure("the counter vanished")
    hits, seconds_left = counters.hit((group, rate, who), period, by=int(increment))
    return hits, math.ceil(seconds_left)


@cache
def _split(rate):
    """`"30/m"` → (30, 60), `"20/10m"` → (20, 600)."""
    count, period = rate.split("/")
    return int(count), int(period[:-1] or 1) * SECONDS[period[-1]]


def _note_failure(error):
    if breaker.trip():
        logger.warning("limits: the shared cache does not answer (%s); counting in this process", error)


def too_fast(request, seconds):
    """The answer 429: when to come back, for programs (`Retry-After`) and for people."""
    reason = _("发送太快了，%(seconds)d 秒后可以再试") % {"seconds": seconds}
    response = answer(request, 429, "too_fast", reason, retry_after=seconds)
    response["Retry-After"] = str(seconds)
    return response


def person_or_address(request):
    """Whom a limit counts: `user:<id>` or `ip:<address>`."""
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        return f"user:{user.pk}"
    return f"ip:{client_address(request)}"


def client_address(request):
    """The address that `itdesk.middleware.ClientAddress` vouches for, IPv6 by its /64; never a forwarded header.

    Also `RATELIMIT_IP_META_KEY`, should anything ask django-ratelimit for an address directly.
    """
    try:
        address = ipaddress.ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return "127.0.0.1"
    if address.version == 6:
        return str(ipaddress.ip_network(f"{address}/64", strict=False).network_address)
    return str(address)
