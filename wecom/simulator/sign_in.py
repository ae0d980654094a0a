"""The authorize page of the in-app browser and the QR page of other browsers, in one."""

import re
import secrets
from datetime import timedelta
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from . import directory, rules
from .jar import OWNER
from .models import SimulatedCode

CODE_LIFE = timedelta(minutes=5)
HOLDER = "simulator-holder"  # cookie: whose phone the person at this browser holds
HOLDER_LIFE = 60  # seconds, from the tap to the authorize page
CONSOLES = ("/agent/", "/admin/")
STATE = re.compile(r"[A-Za-z0-9]{0,128}")


@login_not_required
@require_safe
def authorize(request):
    """Pick who comes; `&userid=` picks without a page, `&outsider=1` comes as somebody of another company."""
    refusal = _wrong(request)
    if refusal:
        code, reason = refusal
        context = {"code": code, "reason": reason}
        return render(request, "wecom/simulator/wrong.html", context, status=400)
    if request.GET.get("outsider"):
        return _back(request, "")
    userid = request.GET.get("userid") or request.COOKIES.get(HOLDER, "")
    if userid:
        return _pick(request, userid)
    return render(request, "wecom/simulator/authorize.html", _page(request))


@login_not_required
@require_safe
def hold(request, userid):
    """Open `?to=/path` on this member's phone: the desk asks WeCom who is there, and WeCom knows whose phone it is.

    `&frame=1`: in the frame of a drawn phone, which keeps its own cookies (`jar.py`). A console keeps the browser's.
    """
    to = request.GET.get("to", "")
    if not url_has_allowed_host_and_scheme(to, allowed_hosts=None):
        to = settings.LOGIN_REDIRECT_URL
    storage = rules.value("storage")
    response = HttpResponseRedirect(to if storage == "kept" else f"{reverse('wecom:login')}?{urlencode({'next': to})}")
    response.set_cookie(
        HOLDER, userid, max_age=HOLDER_LIFE, path=reverse("simulator:authorize"), httponly=True, samesite="Lax"
    )
    if "frame" in request.GET and not to.startswith(CONSOLES):
        response.set_cookie(OWNER, userid, samesite="Lax")
    else:
        response.delete_cookie(OWNER, samesite="Lax")
        response["Referrer-Policy"] = "no-referrer"  # or the jar would take the console for a page of the phone
    if storage == "cleared":
        response["Clear-Site-Data"] = '"storage"'
    return response


def _wrong(request):
    """(errcode, sentence) when WeCom itself would refuse the address, else None."""
    if request.GET.get("appid") != settings.WECOM_CORP_ID:
        return 40013, _("appid 不是本公司的 corp id")
    if request.GET.get("agentid", str(settings.WECOM_AGENT_ID)) != str(settings.WECOM_AGENT_ID):
        return 40056, _("agentid 不是这个应用")
    if not STATE.fullmatch(request.GET.get("state", "")):
        return 40058, _("state 只能是字母和数字，最多 128 个")
    strict = rules.value("wwlogin") == "new"
    if strict and request.GET.get("response_type") != "code" and request.GET.get("login_type") != "CorpApp":
        return 40058, _("既不是网页授权（response_type=code），也不是扫码登录（login_type=CorpApp）")
    return _wrong_way_back(request, request.GET.get("redirect_uri", ""))


def _wrong_way_back(request, address):
    refused = 50001, _("redirect_uri 的域名不在应用的可信域名里")
    try:
        parts, own = urlsplit(address), urlsplit(f"//{request.get_host()}")
        port = parts.port
    except ValueError:  # broken brackets, a port that is no number
        return refused
    if parts.scheme not in {"http", "https"} or parts.hostname != own.hostname or "@" in parts.netloc:
        return refused
    how = rules.value("trusted_port")
    if how == "refused" and port:
        return 80001, _("可信域名不能带端口")
    return refused if how == "matters" and port != own.port else None


def _pick(request, userid):
    member = directory.member(userid)
    if member is None:
        context = {"code": 60111, "reason": _("没有 userid 为 %(userid)s 的成员") % {"userid": userid}}
        return render(request, "wecom/simulator/wrong.html", context, status=404)
    return _back(request, member["userid"])


def _back(request, userid):
    code = secrets.token_urlsafe(32)
    redirect_uri = request.GET["redirect_uri"]
    query = urlencode({"code": code, "state": request.GET.get("state", "")})
    address = f"{redirect_uri}{'&' if '?' in redirect_uri else '?'}{query}"
    now = timezone.now()
    SimulatedCode.objects.filter(expires_at__lt=now - CODE_LIFE).delete()
    SimulatedCode.objects.create(code=code, userid=userid, address=address, expires_at=now + CODE_LIFE)
    response = HttpResponseRedirect(address)
    response.delete_cookie(HOLDER, path=reverse("simulator:authorize"), samesite="Lax")
    return response


def _page(request):
    words = request.GET.get("q", "")
    asked = {name: value for name, value in request.GET.items() if name not in {"q", "userid", "outsider"}}
    last = SimulatedCode.objects.order_by("id").last()
    return {
        "departments": directory.by_department(
            [{**one, "face": directory.face(one)} for one in directory.matching(words)]
        ),
        "words": words,
        "asked": asked,
        "query": urlencode(asked),
        "in_wecom": asked.get("login_type") != "CorpApp",
        "refusal": f"{asked.get('redirect_uri', '')}?{urlencode({'state': asked.get('state', '')})}",
        "replay": last.address if last else "",
    }
