"""What people see of the simulated WeCom: the overview with its switches and log, and phone and console side by side."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.models import RoleGrant

from . import bridge, directory, rules
from .host_names import elsewhere
from .models import Fault, SimulatedCall

LOG_LINES = 60
SLOW_SECONDS = 12  # longer than the client reads
SWITCHES = ("down", "busy", "stale_once", "limited")


@login_not_required
@require_safe
def overview(request):
    words, roles = request.GET.get("q", ""), _roles()
    context = {
        "departments": directory.by_department(_shown(directory.matching(words), roles)),
        "starters": _starters(_shown(directory.matching(""), roles)),
        "words": words,
        "elsewhere": elsewhere(request),
        "fault": Fault.now(),
        "turned": sum(rules.value(name) != switch.values[0] for name, switch in rules.SWITCHES.items()),
        **_log(request),
    }
    return render(request, "wecom/simulator/overview.html", context)


@login_not_required
@require_safe
def log(request):
    """The newest lines of the log; 204 while there is nothing newer than `?after=`. `api`, `bad`: which lines."""
    context = _log(request)
    if context["calls"] and request.GET.get("after") == str(context["calls"][0].pk):
        return HttpResponse(status=204)
    return render(request, "wecom/simulator/_log.html", context)


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
def together(request):
    """A phone and a console in one window: `?phone=` and `?agent=` say whose."""
    starters = dict(_starters(_shown(directory.matching(""), _roles())))
    chosen = {}
    for part, name in (("user", "phone"), ("agent", "agent")):
        chosen[name] = directory.member(request.GET.get(name, "")) or starters.get(part)
    people = _shown([one for one in directory.everyone() if one["visible"]], _roles())
    context = {**chosen, "people": people, "agents": [one for one in people if "agent" in one["roles"]]}
    return render(request, "wecom/simulator/together.html", context)


@login_not_required
@require_safe
def bridge_script(request):
    """What WeCom's own browser puts into every page: `WeixinJSBridge`."""
    return HttpResponse(bridge.script(), content_type="text/javascript; charset=utf-8")


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


def _log(request):
    api, bad = request.GET.get("api", ""), "bad" in request.GET
    lines = SimulatedCall.objects.order_by("-id")
    if api:
        lines = lines.filter(api=api)
    if bad:
        lines = lines.exclude(errcode__in=["0", "200"])
    apis = sorted(SimulatedCall.objects.order_by().values_list("api", flat=True).distinct())
    return {"calls": list(lines[:LOG_LINES]), "api": api, "bad": bad, "apis": apis}
