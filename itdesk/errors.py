"""What people and scripts see when something is wrong with a request as a whole."""

from django.utils.translation import gettext as _

from accounts.answers import answer


def unavailable(request):
    """The database does not answer: come back in a moment."""
    response = answer(request, 503, "unavailable", _("系统正忙，请稍等几秒，内容不会丢"))
    response["Retry-After"] = "3"
    return response


def csrf_failure(request, reason=""):
    """The page was opened before somebody signed in again; a reload gets a fresh token (RELIABILITY B8)."""
    return answer(request, 403, "csrf", _("页面已过期，请刷新后再试，内容不会丢"))


def bad_request(request, exception=None):
    return answer(request, 400, "bad_request", _("这个请求看不懂"))


def forbidden(request, exception=None):
    return answer(request, 403, "forbidden", _("您没有权限打开这个页面"))


def not_found(request, exception=None):
    return answer(request, 404, "not_found", _("没有找到这个页面"))


def server_error(request):
    return answer(request, 500, "server_error", _("出了点问题，我们已经记录下来，请稍后再试"))
