"""What people see of the simulated WeCom: the overview with its switches, and each member's phone."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.models import RoleGrant

from . import directory
from .chat import chat_of
from .models import Fault, SimulatedCall

LOG_LINES = 40
SLOW_SECONDS = 12  # longer than the client reads
SWITCHES = ("down", "busy", "stale_once", "limited")
# One browser keeps one session a host name; with two names for this machine two people can be signed in side by side.
OTHER_NAME = {"127.0.0.1": "localhost", "localhost": "127.0.0.1"}


@login_not_required
@require_safe
def overview(request):
    words, roles = request.GET.get("q", ""), _roles()
    context = {
        "departments": directory.by_department(_shown(directory.matching(words), roles)),
        "starters": _starters(_shown(directory.matching(""), roles)),
        "words": words,
        "elsewhere": _elsewhere(request),
        "fault": Fault.now(),
        "calls": _calls(),
    }
    return render(request, "wecom/simulator/overview.html", context)


@login_not_required
@require_safe
def log(request):
    """The newest lines of the call log; 204 while there is nothing newer than `?after=`."""
    calls = _calls()
    if calls and request.GET.get("after") == str(calls[0].pk):
        return HttpResponse(status=204)
    return render(request, "wecom/simulator/_log.html", {"calls": calls})


@login_not_required
@require_POST
def faults(request):
    values = {name: name in request.POST for name in SWITCHES}
    values["slow_seconds"] = SLOW_SECONDS if "slow" in request.POST else 0
    fault, _created = Fault.objects.update_or_create(pk=1, defaults=values)
    if "HX-Request" in request.headers:
        return render(request, "wecom/simulator/_faults.html", {"fault": fault})
    return HttpResponseRedirect(reverse("simulator:overview"), status=303)


@login_not_required
@require_safe
def phone(request, userid):
    member = _member(userid)
    context = {
        "member": {**member, "face": directory.face(member)},
        "chat": chat_of(member["userid"], request.get_host()),
        "departments": directory.by_department(directory.matching("")),
        "elsewhere": _elsewhere(request),
    }
    return render(request, "wecom/simulator/phone.html", context)


@login_not_required
@require_safe
def chat(request, userid):
    """The chat alone, asked every few seconds; 204 while there is nothing newer than `?after=`."""
    member = _member(userid)
    shown = chat_of(member["userid"], request.get_host())
    if request.GET.get("after") == str(shown.last_id):
        return HttpResponse(status=204)
    return render(request, "wecom/simulator/_chat.html", {"member": member, "chat": shown})


def _member(userid):
    member = directory.member(userid)
    if member is None:
        raise Http404
    return member


def _roles():
    """userid in lower case → codes of the roles held now."""
    held = RoleGrant.objects.filter(user__corp_id=settings.WECOM_CORP_ID, revoked_at=None)
    roles = {}
    for userid, code in held.values_list("user__userid_key", "role__code"):
        roles.setdefault(userid, set()).add(code)
    return roles


def _shown(members, roles):
    return [{**one, "roles": roles.get(one["userid"].lower(), set()), "face": directory.face(one)} for one in members]


def _starters(members):
    """One member for each part of the product, for whoever is here for the first time: `[(part, member), …]`."""
    seen = [one for one in members if one["visible"]]
    wanted = {
        "user": (one for one in seen if not one["roles"] & {"agent", "admin"}),
        "agent": (one for one in seen if "agent" in one["roles"] and "admin" not in one["roles"]),
        "admin": (one for one in seen if "admin" in one["roles"]),
    }
    found = [(part, next(candidates, None)) for part, candidates in wanted.items()]
    return [(part, member) for part, member in found if member]


def _calls():
    return list(SimulatedCall.objects.order_by("-id")[:LOG_LINES])


def _elsewhere(request):
    """`http://localhost:8000` for a page seen at 127.0.0.1:8000, and the other way round; empty when not allowed."""
    name, colon, port = request.get_host().partition(":")
    other = OTHER_NAME.get(name)
    return f"{request.scheme}://{other}{colon}{port}" if other in settings.ALLOWED_HOSTS else ""
