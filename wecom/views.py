"""Leaving for WeCom and coming back. Both are GETs because WeCom's redirects are."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_GET

from accounts import limits

from . import oauth
from .addresses import safe_next, sign_in_address
from .attempts import Attempt, remember, returning

LONGEST_CODE = 512


@login_not_required
@require_GET
def sign_in(request):
    """`/wecom/login?next=/path`: off to WeCom, with an attempt that only this browser can bring back."""
    return _leave(request, Attempt.new(safe_next(request.GET.get("next", ""))))


@login_not_required
@require_GET
@sensitive_variables("code")
def callback(request):
    """`/wecom/oauth/callback?code=…&state=…`: into a session, and on to a clean address."""
    attempt, code = returning(request), request.GET.get("code", "")
    if attempt is None or len(code) > LONGEST_CODE:
        return _refused(request, "stale")
    if not code:
        oauth.cancel(attempt)
        return _refused(request, oauth.CANCELLED, attempt)
    outcome = oauth.come_back(request, attempt, code)
    if outcome == oauth.SIGNED_IN:
        return _see_other(attempt.next)
    if outcome == oauth.SPENT and not attempt.restarts:
        return _leave(request, Attempt.new(attempt.next, restarts=1))
    return _refused(request, outcome, attempt)


def _leave(request, attempt):
    if not settings.WECOM_CORP_ID:
        return _notice(request, "off", attempt)
    response = _see_other(sign_in_address(request, attempt.state))
    remember(request, response, attempt)
    return response


def _see_other(address):
    response = HttpResponseRedirect(address, status=303)
    add_never_cache_headers(response)
    return response


def _refused(request, outcome, attempt=None):
    """Only ways back that led nowhere are counted, by address: a whole office may sign in at nine o'clock."""
    wait = limits.hit(request, "login", settings.RATE_LOGIN)
    return limits.too_fast(request, wait) if wait else _notice(request, outcome, attempt)


def _notice(request, outcome, attempt):
    status, title, text = _words()[outcome]
    again = f"{reverse('wecom:login')}?{urlencode({'next': attempt.next if attempt else settings.LOGIN_REDIRECT_URL})}"
    context = {"title": title, "text": text, "again": again, "outcome": outcome}
    response = render(request, "wecom/notice.html", context, status=status)
    add_never_cache_headers(response)
    return response


def _words():
    """outcome → (HTTP status, title, what to do)."""
    stale = (400, _("这次登录已经失效"), _("登录链接只能用一次，并且要在十分钟内用完。请重新登录。"))
    return {
        "stale": stale,
        oauth.REUSED: stale,
        oauth.SPENT: stale,
        oauth.CANCELLED: (400, _("您取消了登录"), _("需要时可以重新登录。")),
        oauth.UNAVAILABLE: (503, _("企业微信暂时没有回应"), _("请过一会儿再试，您写过的内容不会丢。")),
        "outsider": (403, _("只对本公司成员开放"), _("请用本公司的企业微信账号登录。")),
        "invisible": (
            403,
            _("您还不能使用 IT 服务台"),
            _("这个应用还没有对您开放。请联系管理员把您加入应用的可见范围。"),
        ),
        "inactive": (403, _("您的账号已停用"), _("如果您认为这是误会，请联系管理员。")),
        "off": (503, _("还没有连接企业微信"), _("请管理员先完成企业微信的设置。")),
    }
