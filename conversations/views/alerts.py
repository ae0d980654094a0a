"""An agent's own page of reminders, and the sign that their console is in front of them."""

from datetime import time

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from accounts.doors import role_required
from accounts.models import Role

from ..commands.alerts import save_alert_settings, see_console
from ..errors import Refused
from ..models import AlertSettings
from ..queries.alerts import alert_settings
from .answers import refusal
from .flags import flag

KIND_NAMES = {
    "queued": (gettext_lazy("有新请求排队"), gettext_lazy("没有同事正看着工作台时")),
    "assigned": (gettext_lazy("请求转给了我"), ""),
    "mentioned": (gettext_lazy("备注里提到了我"), ""),
    "urged": (gettext_lazy("员工催我的请求"), gettext_lazy("没有负责人时，所有客服都会收到")),
}
QUIET = (time(22), time(8))


@require_http_methods(["GET", "POST"])
@role_required(Role.AGENT)
def settings(request):
    """What this agent hears of in WeCom while the console is not in front of them."""
    if request.method == "POST":
        try:
            _save(request)
        except Refused as error:
            return _page(request, error=error, status=422)
        return HttpResponseRedirect(f"{reverse('agent:alerts')}?saved=1")
    return _page(request)


@require_POST
@role_required(Role.AGENT)
def here(request):
    """The console says that it is visible, or hidden from now on."""
    try:
        see_console(request.user, flag(request.POST, "visible"))
    except Refused as error:
        return refusal(request, error)
    return HttpResponse(status=204)


def _save(request):
    wanted = set(request.POST.getlist("kind"))
    if unknown := wanted - set(AlertSettings.KINDS):
        raise Refused(_("没有这种提醒：%(kind)s") % {"kind": ", ".join(sorted(unknown))[:64]}, code="bad_kind")
    quiet = (_time(request, "quiet_from"), _time(request, "quiet_until")) if flag(request.POST, "quiet") else None
    save_alert_settings(request.user, wanted, quiet)


def _time(request, name):
    try:
        return time.fromisoformat(request.POST.get(name, ""))
    except ValueError:
        raise Refused(_("请填写免打扰的开始和结束时间"), code="bad_time") from None


def _page(request, error=None, status=200):
    own = alert_settings(request.user)
    kinds = [(kind, *KIND_NAMES[kind], getattr(own, kind)) for kind in AlertSettings.KINDS]
    begin, end = (own.quiet_from, own.quiet_until) if own.quiet_from else QUIET
    context = {"kinds": kinds, "quiet": bool(own.quiet_from), "quiet_from": begin, "quiet_until": end, "error": error}
    return render(request, "agent/alerts.html", {**context, "saved": "saved" in request.GET}, status=status)
