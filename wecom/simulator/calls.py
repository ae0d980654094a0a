"""What all calls of the server API share: HTTP 200 whatever happens, and the truth in `errcode` (WECOM 0, 1)."""

import json
import time
from datetime import timedelta
from functools import wraps

from django.contrib.auth.decorators import login_not_required
from django.db.models import F
from django.http import HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.http import http_date
from django.views.decorators.csrf import csrf_exempt

from . import log, rules
from .answers import Trouble
from .models import Fault, SimulatedCall, SimulatedError, SimulatedToken

DEBUG_PER_MINUTE = 5
ERROR_TEXTS = {
    -1: "system busy",
    40001: "invalid credential",
    40007: "invalid media_id",
    40014: "invalid access_token",
    42001: "access_token expired",
    45009: "api freq out of limit",
    45033: "api concurrent out of limit",
    48002: "api forbidden",
    50003: "app disabled",
    60011: "no privilege to access/modify contact/party/agent",
    60020: "not allow to access from your ip",
    81013: "user & party & tag all invalid",
}


def api(name, needs_token=True):
    """Decorator: `(request) → dict or HttpResponse`, which may raise Trouble, becomes an address of the API."""

    def decorate(answer):
        @csrf_exempt
        @login_not_required
        @wraps(answer)
        def view(request):
            fault = Fault.now()
            if fault.down:
                log.write(name, "HTTP 503", "switched off")
                return HttpResponse(status=503)
            detail = _detail(request)  # first: afterwards an upload has eaten the body
            try:
                response, code, note = _answered(answer(_admitted(request, name, needs_token, fault))), 0, ""
            except Trouble as trouble:
                response, code, note = _json(trouble.body(_address(request))), trouble.code, trouble.text
            log.write(name, code, note, detail)
            response["Date"] = http_date()  # as WeCom does: who sets the desk up compares the clocks by it
            if fault.slow_seconds:
                time.sleep(fault.slow_seconds)  # after the work: the caller may give up, the work is done
            return response

        return view

    return decorate


def posted(request):
    """The JSON object of a POST. Raises Trouble."""
    if request.method != "POST":
        raise Trouble(40058, "invalid Request Parameter: require POST method")
    try:
        body = json.loads(request.body.decode())
    except (ValueError, RecursionError):
        raise Trouble(47001, "data format error") from None
    if not isinstance(body, dict):
        raise Trouble(47001, "data format error")
    if b"\\u" in request.body and rules.value("unicode_escapes") == "yes":
        raise Trouble(40033, "invalid charset. please check your request, if include \\uxxxx will create fail!")
    return body


def calls_within(api, **span):
    """How many calls of `api` the log holds from `timedelta(**span)` ago on."""
    return SimulatedCall.objects.filter(api=api, at__gt=timezone.now() - timedelta(**span)).count()


def _admitted(request, name, needs_token, fault):
    _fail_as_switched(fault, name, needs_token)
    if needs_token:
        _check_token(request.GET.get("access_token", ""))
    if request.GET.get("debug") == "1" and calls_within(name, minutes=1) >= DEBUG_PER_MINUTE:
        raise Trouble(45009, "api freq out of limit: debug=1")
    return request


def _answered(answer):
    if isinstance(answer, HttpResponse):
        return answer
    bare = answer.pop("without_errcode", False)
    return _json(answer if bare else {"errcode": 0, "errmsg": "ok", **answer})


def _json(body):
    return JsonResponse(body, json_dumps_params={"ensure_ascii": False})


def _fail_as_switched(fault, name, needs_token):
    scripted = SimulatedError.objects.filter(api__in=[name, "*"], left__gt=0).order_by("id").first()
    # The conditional UPDATE counts down: of two calls at once one gets the last error.
    if scripted and SimulatedError.objects.filter(pk=scripted.pk, left__gt=0).update(left=F("left") - 1):
        SimulatedError.objects.filter(left=0).delete()
        raise Trouble(scripted.errcode, ERROR_TEXTS.get(scripted.errcode, "as switched"))
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


def _detail(request):
    """What was asked, for the log; no token, no secret, no login code."""
    asked = {name: value for name, value in request.GET.items() if name in {"userid", "department_id", "id", "type"}}
    lines = [json.dumps(asked)] if asked else []
    if request.content_type == "application/json":
        lines.append(request.body[: log.DETAIL].decode(errors="replace"))
    return "\n".join(lines)
