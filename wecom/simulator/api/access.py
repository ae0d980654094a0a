"""Tokens, tickets and addresses: gettoken, get_jsapi_ticket, ticket/get, getcallbackip, get_api_domain_ip."""

import secrets
from datetime import timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from .. import rules
from ..answers import Trouble
from ..calls import api, calls_within
from ..models import SimulatedCall, SimulatedTicket, SimulatedToken

LIFE = timedelta(hours=2)
WRONG_SECRETS = 10  # an hour, from one address; WeCom publishes no number
TICKETS_PER_HOUR = 100  # an app's; a corp's is 400
ADDRESSES = ["127.0.0.1"]


@api("gettoken", needs_token=False)
def gettoken(request):
    _check_frequency()
    if not request.GET.get("corpid"):
        raise Trouble(41002, "corpid missing")
    if not request.GET.get("corpsecret"):
        raise Trouble(41004, "corpsecret missing")
    if request.GET["corpid"] != settings.WECOM_CORP_ID:
        raise Trouble(40013, "invalid corpid")
    if not constant_time_compare(request.GET["corpsecret"], settings.WECOM_SECRET):
        raise Trouble(40001, "invalid credential")
    now, again = timezone.now(), rules.value("same_token")
    SimulatedToken.objects.filter(expires_at__lt=now - LIFE).delete()
    token = SimulatedToken.objects.filter(expires_at__gt=now).order_by("id").last()
    if again == "replaced":
        SimulatedToken.objects.all().delete()
    if token is None or again != "kept":
        token = SimulatedToken.objects.create(token=secrets.token_urlsafe(96), expires_at=now + LIFE)
    return {"access_token": token.token, "expires_in": _left(token, now)}


def _check_frequency():
    most = rules.value("gettoken_limit")
    if most != "none" and calls_within("gettoken", hours=1) >= int(most):
        raise Trouble(45009, "api freq out of limit")
    since = timezone.now() - timedelta(hours=1)
    wrong = SimulatedCall.objects.filter(api="gettoken", errcode__in=["40001", "40091"], at__gt=since)
    if wrong.count() >= WRONG_SECRETS:
        raise Trouble(45009, "api freq out of limit: too many wrong secrets from this ip")


@api("get_jsapi_ticket")
def jsapi_ticket(request):
    return _ticket("corp", "get_jsapi_ticket")


@api("ticket/get")
def agent_ticket(request):
    if request.GET.get("type") != "agent_config":
        raise Trouble(40035, "invalid parameter: type")
    return _ticket("agent", "ticket/get")


@api("getcallbackip")
def callback_ip(request):
    return {"ip_list": ADDRESSES}


@api("get_api_domain_ip")
def api_domain_ip(request):
    return {"ip_list": ADDRESSES}


def _ticket(kind, name):
    if calls_within(name, hours=1) >= TICKETS_PER_HOUR:
        raise Trouble(45009, "api freq out of limit")
    now = timezone.now()
    ticket = SimulatedTicket.objects.filter(kind=kind, expires_at__gt=now).order_by("id").last()
    if ticket is None:
        ticket = SimulatedTicket.objects.create(kind=kind, ticket=secrets.token_urlsafe(64), expires_at=now + LIFE)
    return {"errmsg": "ok", "ticket": ticket.ticket, "expires_in": _left(ticket, now)}


def _left(row, now):
    return max(1, int((row.expires_at - now).total_seconds()))
