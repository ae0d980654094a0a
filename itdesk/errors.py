"""What people and scripts see when something is wrong with a request as a whole."""

import sys

from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import HttpResponseServerError
from django.middleware.csrf import get_token
from django.utils.translation import gettext as _

from accounts.answers import answer


def unavailable(request):
    """The database does not answer: come back in a moment."""
    response = answer(request, 503, "unavailable", _("系统正忙，请稍等几秒，内容不会丢"))
    response["Retry-After"] = "3"
    return response


def csrf_failure(request, reason=""):
    """The page was opened before somebody signed in again (RELIABILITY B8). The answer brings a token when the browser
    holds none, so that the page's own scripts can ask again at once; nothing of the request has taken effect."""
    get_token(request)
    return answer(request, 403, "csrf", _("页面已过期，请刷新后再试，内容不会丢"))


def bad_request(request, exception=None):
    if isinstance(exception, RequestDataTooBig):
        return answer(request, 413, "too_large", _("内容太长，没有发出。请作为文件附上"))
    return answer(request, 400, "bad_request", _("这个请求看不懂"))


def forbidden(request, exception=None):
    return answer(request, 403, "forbidden", _("您没有权限打开这个页面"))


def not_found(request, exception=None):
    return answer(request, 404, "not_found", _("没有找到这个页面"))


def server_error(request):
    """Django calls this inside its `except`; a database that failed in a middleware is recognised by that."""
    if isinstance(sys.exc_info()[1], (OperationalError, InterfaceError)):
        return unavailable(request)
    reason = _("出了点问题，我们已经记录下来，请稍后再试")
    try:
        return answer(request, 500, "server_error", reason, request_id=getattr(request, "id", ""))
    except Exception:  # the page itself is what is broken: say so without it
        return HttpResponseServerError(reason, content_type="text/plain; charset=utf-8")
