"""Where people are sent to sign in, where they come back to, and where they may go afterwards."""

import re
from urllib.parse import quote, urlencode

from django.conf import settings
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

IN_WECOM = re.compile(r"wxwork/[\d.]+", re.IGNORECASE)
UNCLEAN = re.compile(r"[\x00-\x20\x7f\\]")
LONGEST_NEXT = 500  # it travels in a cookie


def safe_next(given):
    """`given` when it is a path on this site, else the portal."""
    allowed = (
        given.startswith("/")
        and not given.startswith("//")
        and len(given) <= LONGEST_NEXT
        and not UNCLEAN.search(given)
        and url_has_allowed_host_and_scheme(given, allowed_hosts=None, require_https=True)
        # Back to the login would only go round in a circle.
        and not given.startswith(("/wecom/login", "/wecom/oauth/"))
    )
    return quote(given, safe="/?#&=%:;@!$'()*+,~[]-._") if allowed else settings.LOGIN_REDIRECT_URL


def is_in_wecom(request):
    """Whether WeCom's own browser asks. A hint that chooses between two pages, never an identity (WECOM 7)."""
    return bool(IN_WECOM.search(request.headers.get("User-Agent", "")))


def sign_in_address(request, state):
    """In WeCom's own browser the silent OAuth2 page, elsewhere the QR code (WECOM 2)."""
    # The host that this browser sees, which ALLOWED_HOSTS vouches for: the attempt's cookie lies there and nowhere else.
    back = request.build_absolute_uri(reverse("wecom:callback"))
    if is_in_wecom(request):
        return f"{settings.WECOM_AUTHORIZE_URL}?{_oauth2(back, state)}#wechat_redirect"
    return f"{settings.WECOM_QR_LOGIN_URL}?{_qr(back, state)}"


def _oauth2(back, state):
    # The order is WeCom's (O-91022).
    return urlencode(
        {
            "appid": settings.WECOM_CORP_ID,
            "redirect_uri": back,
            "response_type": "code",
            "scope": "snsapi_base",
            "state": state,
            "agentid": settings.WECOM_AGENT_ID,
        }
    )


def _qr(back, state):
    return urlencode(
        {
            "login_type": "CorpApp",
            "appid": settings.WECOM_CORP_ID,
            "agentid": settings.WECOM_AGENT_ID,
            "redirect_uri": back,
            "state": state,
        }
    )
