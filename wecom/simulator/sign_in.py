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

from . import directory
from .models import SimulatedCode

CODE_LIFE = timedelta(minutes=5)
HOLDER = "simulator-holder"  # cookie: whose phone the person at this browser holds
HOLDER_LIFE = 60  # seconds, from the tap to the authorize page
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
    """Open `?to=/path` on this member's phone: the desk asks WeCom who is there, and WeCom knows whose phone it is."""
    to = request.GET.get("to", "")
    if not url_has_allowed_host_and_scheme(to, allowed_hosts=None):
        to = settings.LOGIN_REDIRECT_URL
    response = HttpResponseRedirect(f"{reverse('wecom:login')}?{urlencode({'next': to})}")
    response.set_cookie(
        HOLDER, userid, max_age=HOLDER_LIFE, path=reverse("simulator:authorize"), httponly=True, samesite="Lax"
    )
    return response


def _wrong(request):
    """(errcode, sentence) when WeCom itself would refuse the address, else None."""
    if request.GET.get("appid") != settings.WECOM_CORP_ID:
        return 40013, _("appid 不是本公司的 corp id")
    if not _leads_back(request, request.GET.get("redirect_uri", "")):
        return 50001, _("redirect_uri 的域名不在应用的可信域名里")
    if not STATE.fullmatch(request.GET.get("state", "")):
        return 40058, _("state 只能是字母和数字，最多 128 个")
    return None


def _leads_back(request, address):
    try:
        parts = urlsplit(address)
    except ValueError:  # broken brackets
        return False
    return parts.scheme in {"http", "https"} and parts.netloc == request.get_host()


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
