"""`/wecom/callback`: where WeCom tells us what people write in the app's chat, and what happens in the company.

Stored, then answered with nothing, well inside the five seconds after which WeCom sends it again; worked on in a job.
The only address that is open to anybody and takes POSTs without a token of ours: the seal of the envelope is the door.
"""

import logging

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from accounts import limits
from accounts.counters import Breaker

from . import envelope
from .crypto import Forged
from .inbound import receiving
from .markup import Unreadable, fields_of

ALARMING_SKEW = 60  # seconds between WeCom's clock and ours; at ten minutes nothing gets in any more

logger = logging.getLogger(__name__)
# Anybody can make such lines: one a minute of each kind.
_forgeries, _unreadables, _skews = Breaker(), Breaker(), Breaker()


@csrf_exempt
@login_not_required
@require_http_methods(["GET", "POST"])
@sensitive_variables()
def callback(request):
    """GET: repeat what WeCom has sealed, which saves the address there. POST: keep what it says, answer nothing."""
    try:
        if request.method == "GET":
            return _said(_opened(envelope.open_query(request.GET)))
        body = request.read(envelope.MAX_BODY + 1)
        receiving.keep(fields_of(_opened(envelope.open_body(request.GET, body))))
    except Forged:
        return _turned_away(request)
    except Unreadable:
        # Sealed with our keys, so it is no forgery; and nobody will make it readable by sending it again.
        if _unreadables.trip():
            logger.error("wecom: a callback with the right seal cannot be read")
        return _nothing_here()
    return _said(b"")


def _opened(opened):
    if abs(opened.skew) > ALARMING_SKEW and _skews.trip():
        logger.error("wecom: WeCom's clock and ours are %d seconds apart", opened.skew)
    return opened.plain


def _turned_away(request):
    """One answer for every kind of forgery: it must not tell how near somebody came.

    Only forgeries are counted. Counting before the seal was looked at could shut out WeCom itself, whose messages may
    reach us through one address together with everybody else's.
    """
    if _forgeries.trip():
        logger.warning("wecom: a callback was refused: not sealed by WeCom for us, or not now")
    seconds = limits.hit(request, "callback", settings.RATE_CALLBACK)
    return limits.too_fast(request, seconds) if seconds else _nothing_here()


def _nothing_here():
    return HttpResponse("bad request", status=400, content_type="text/plain; charset=utf-8")


def _said(content):
    return HttpResponse(content, content_type="text/plain; charset=utf-8")
