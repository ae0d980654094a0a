"""The server API: HTTP 200 whatever happens, and the truth in `errcode`, as WeCom does it (WECOM 0, 1)."""

import secrets
import time
from datetime import timedelta
from functools import wraps

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.csrf import csrf_exempt

from . import directory, messages
from .answers import Trouble
from .models import Fault, SimulatedCall, SimulatedCode, SimulatedToken

TOKEN_LIFE = 7200  # seconds
LOG_LENGTH = 200


def api(name, needs_token=True):
    """Decorator: a function `(request) → dict` that may raise Trouble becomes an address of the API."""

    def decorate(answer):
        @csrf_exempt
        @login_not_required
        @wraps(answer)
        def view(request):
            fault = Fault.now()
            if fault.down:
                _log(name, "HTTP 503", "switched off")
                return HttpResponse(status=503)
            try:
                _fail_as_switched(fault, needs_token)
                if needs_token:
                    _check_token(request.GET.get("access_token", ""))
                body, code, note = {"errcode": 0, "errmsg": "ok", **answer(request)}, 0, ""
            except Trouble as trouble:
                body, code, note = trouble.body(_address(request)), trouble.code, trouble.text
            _log(name, str(code), note)
            if fault.slow_seconds:
                time.sleep(fault.slow_seconds)  # after the work: the caller may give up, the work is done
            return JsonResponse(body, json_dumps_params={"ensure_ascii": False})

        return view

    return decorate


@api("gettoken", needs_token=False)
def gettoken(request):
    if request.GET.get("corpid", "") != settings.WECOM_CORP_ID:
        raise Trouble(40013, "invalid corpid")
    if not constant_time_compare(request.GET.get("corpsecret", ""), settings.WECOM_SECRET):
        raise Trouble(40001, "invalid credential")
    now = timezone.now()
    SimulatedToken.objects.filter(expires_at__lt=now).delete()
    token = SimulatedToken.objects.order_by("id").last()
    if token is None:
        expires_at = now + timedelta(seconds=TOKEN_LIFE)
        token = SimulatedToken.objects.create(token=secrets.token_urlsafe(96), expires_at=expires_at)
    left = int((token.expires_at - now).total_seconds())
    return {"access_token": token.token, "expires_in": left}


@api("auth/getuserinfo")
def getuserinfo(request):
    now = timezone.now()
    code = SimulatedCode.objects.filter(code=request.GET.get("code", ""), expires_at__gt=now).first()
    # The conditional UPDATE spends it: of two exchanges at once one finds it unused.
    if code is None or not SimulatedCode.objects.filter(pk=code.pk, used_at=None).update(used_at=now):
        raise Trouble(40029, "invalid code")
    if not code.userid:
        return {"openid": f"oAAAA{code.code[:22]}", "external_userid": ""}
    return {"userid": code.userid}


@api("user/get")
def user_get(request):
    member = directory.member(request.GET.get("userid", ""))
    if member is None:
        raise Trouble(60111, "userid not found")
    if not member["visible"]:
        raise Trouble(60011, "no privilege to access/modify contact/party/agent")
    department = directory.department_id(member["department"])
    return {
        "userid": member["userid"],
        "name": member["name"],
        "department": [department],
        "main_department": department,
        "order": [0],
        "is_leader_in_dept": [0],
        "direct_leader": [],
        "position": member["position"],
        "status": 1,
        "alias": "",
        "telephone": "",
        "extattr": {"attrs": []},
    }


@api("department/get")
def department_get(request):
    number = request.GET.get("id", "")
    name = directory.department_name(int(number)) if number.isdecimal() else None
    if name is None:
        raise Trouble(60003, "department not found")
    return {"department": {"id": int(number), "name": name, "parentid": 0 if number == "1" else 1, "order": 1}}


@api("message/send")
def message_send(request):
    if request.method != "POST":
        raise Trouble(43002, "require POST method")
    return messages.accept(request.body)


def _fail_as_switched(fault, needs_token):
    if fault.busy:
        raise Trouble(-1, "system busy")
    if fault.limited and needs_token:
        raise Trouble(45009, "api freq out of limit")
    if fault.stale_once and needs_token:
        Fault.objects.filter(pk=fault.pk).update(stale_once=False)
        SimulatedToken.objects.all().delete()
        raise Trouble(42001, "access_token expired")


def _check_token(given):
    if not given:
        raise Trouble(41001, "access_token missing")
    token = SimulatedToken.objects.filter(token=given).first()
    if token is None:
        raise Trouble(40014, "invalid access_token")
    if token.expires_at <= timezone.now():
        raise Trouble(42001, "access_token expired")


def _address(request):
    return request.META.get("REMOTE_ADDR") or "127.0.0.1"


def _log(name, code, note):
    line = SimulatedCall.objects.create(api=name, errcode=code, note=note[:300])
    SimulatedCall.objects.filter(pk__lte=line.pk - LOG_LENGTH).delete()
