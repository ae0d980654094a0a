"""The page of switches: rules that may go either way, errors on demand, tokens, the callback, what happens to members."""

from django.contrib import messages as notices
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponseBadRequest, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from . import calls, directory, happenings, postman, rules
from .models import SimulatedError, SimulatedMember, SimulatedPush, SimulatedTally, SimulatedTicket, SimulatedToken
from .sealing import FORGERIES

MOST_ERRORS = 1000
PUSHES = 12
APIS = (
    "*", "gettoken", "message/send", "message/recall", "message/update_template_card", "media/upload", "media/get",
    "auth/getuserinfo", "user/get", "user/simplelist", "user/list", "department/get", "department/list",
    "department/simplelist", "get_jsapi_ticket", "ticket/get", "getcallbackip",
)  # fmt: skip


@login_not_required
@require_safe
def page(request):
    members = [{**directory.anybody(one["userid"]), "face": directory.face(one)} for one in directory.MEMBERS]
    context = {
        "switches": [(name, switch, rules.value(name)) for name, switch in rules.SWITCHES.items()],
        "errors": SimulatedError.objects.order_by("id"),
        "codes": sorted(calls.ERROR_TEXTS.items()),
        "apis": APIS,
        "tallies": SimulatedTally.objects.order_by("api"),
        "tokens": SimulatedToken.objects.count(),
        "tickets": SimulatedTicket.objects.count(),
        "pushes": SimulatedPush.objects.order_by("-id")[:PUSHES],
        "forgeries": [(word, label) for word, label in rules.SWITCHES["callback_twists"].choices if word in FORGERIES],
        "address": postman.callback_address(),
        "members": members,
        "states": SimulatedMember.State.choices,
    }
    return render(request, "wecom/simulator/controls.html", context)


@login_not_required
@require_POST
def turn(request):
    """Every switch of the form to its choice."""
    given = {name: request.POST[name] for name in rules.SWITCHES if name in request.POST}
    try:
        rules.turn(**given)
    except ValueError:
        return HttpResponseBadRequest()
    return _back()


@login_not_required
@require_POST
def script_error(request):
    """The next `left` calls of `api` answer `errcode`; without an `api` all such orders are forgotten."""
    api, code, left = (request.POST.get(name, "") for name in ("api", "errcode", "left"))
    if not api:
        SimulatedError.objects.all().delete()
        return _back()
    if api not in APIS or not code.lstrip("-").isdecimal() or len(code) > 8 or not left.isdecimal() or len(left) > 4:
        return HttpResponseBadRequest()
    SimulatedError.objects.create(api=api, errcode=int(code), left=min(max(int(left), 1), MOST_ERRORS))
    return _back()


@login_not_required
@require_POST
def revoke(request):
    """Every token and every ticket is worthless from now on."""
    SimulatedToken.objects.all().delete()
    SimulatedTicket.objects.all().delete()
    notices.info(request, _("凭证和票据已全部作废"))
    return _back()


@login_not_required
@require_POST
def verify(request):
    """What saving the callback's address in the console does; `twist` spoils the request, which must fail then."""
    twist = request.POST.get("twist", "")
    if twist and twist not in FORGERIES:
        return HttpResponseBadRequest()
    passed, found = postman.verify(twist)
    good = passed != bool(twist)
    told = _("回调地址验证通过") if passed else _("回调地址没有通过验证：%(found)s") % {"found": found}
    (notices.success if good else notices.error)(request, told)
    return _back()


@login_not_required
@require_POST
def member(request, userid):
    """Let something happen to a member: `state`, `name`."""
    if directory.anybody(userid) is None:
        raise Http404
    state, name = request.POST.get("state", ""), request.POST.get("name", "").strip()[:64]
    if state not in SimulatedMember.State.values:
        return HttpResponseBadRequest()
    happenings.happen(userid, state, name)
    return _back("members")


def _back(place=""):
    return HttpResponseRedirect(f"{reverse('simulator:controls')}{'#' if place else ''}{place}", status=303)
