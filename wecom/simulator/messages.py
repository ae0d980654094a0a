"""`message/send` with its real rules (WECOM 3): what is refused, what is lost without a word, what is sent twice."""

import hashlib
import json
import secrets
from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from . import directory
from .answers import Trouble
from .members import MEMBERS
from .models import Fault, SimulatedCall, SimulatedMessage

MOST_RECIPIENTS = 1000
PER_MINUTE, PER_HOUR = 30, 1000  # messages for one member from one app; more vanish without an error
DUPLICATE_SECONDS, LONGEST_DUPLICATE_SECONDS = 1800, 14_400
TITLE_BYTES, DESCRIPTION_BYTES, URL_BYTES, TEXT_BYTES = 128, 512, 2048, 2048
BUTTON_CHARACTERS = 4
# What the app is never told, for the simulator's own log.
UNTOLD = {
    SimulatedMessage.Fate.DUPLICATE: "duplicate, swallowed",
    SimulatedMessage.Fate.DROPPED: f"over {PER_MINUTE}/min, dropped silently",
}
KINDS = ("text", "textcard", "markdown", "template_card")


def accept(raw):
    """Take one request's bytes. → `{"msgid", …}` with `invaliduser` where some cannot be reached. Raises Trouble."""
    body = _parsed(raw)
    _check_agent(body.get("agentid"))
    reached, invalid = _recipients(body)
    _check_content(body)
    if not isinstance(body.get("duplicate_check_interval", 0), int):
        raise Trouble(40035, "invalid parameter: duplicate_check_interval must be a number")
    if not reached:
        raise Trouble(81013, "user & party & tag all invalid")
    digest, msgid = hashlib.sha256(raw).hexdigest(), secrets.token_urlsafe(30)
    Fault.objects.get_or_create(pk=1)
    with transaction.atomic():
        Fault.objects.select_for_update().get(pk=1)  # two equal requests at once: the second must see the first
        fate = _duplicate_fate(body, digest)
        for userid in reached:
            _deliver(userid, body, digest, msgid, fate or _rate_fate(userid))
    return {"msgid": msgid, **({"invaliduser": "|".join(invalid)} if invalid else {})}


def _parsed(raw):
    try:
        body = json.loads(raw.decode())
    except (ValueError, RecursionError):
        raise Trouble(47001, "data format error") from None
    if not isinstance(body, dict):
        raise Trouble(47001, "data format error")
    return body


def _check_agent(agentid):
    if not isinstance(agentid, int):
        raise Trouble(40056, "invalid agentid")
    if agentid != settings.WECOM_AGENT_ID:
        raise Trouble(301002, "not allow operate another agent with this accesstoken")


def _recipients(body):
    """(userids reached, userids not reached), both in lower case."""
    if not any(body.get(field) for field in ("touser", "toparty", "totag")):
        raise Trouble(82001, "some of required parameters are empty: touser, toparty and totag")
    named = body.get("touser") or ""
    if not isinstance(named, str):
        raise Trouble(40035, "invalid parameter: touser must be a string")
    if named == "@all":
        return [one["userid"].lower() for one in MEMBERS if one["visible"]], []
    userids = list(dict.fromkeys(one.lower() for one in named.split("|") if one))
    if len(userids) > MOST_RECIPIENTS:
        raise Trouble(40058, "touser exceeds 1000")
    reached = [userid for userid in userids if directory.visible(userid)]
    return reached, [userid for userid in userids if userid not in reached]


def _check_content(body):
    kind = body.get("msgtype")
    if kind not in KINDS:
        raise Trouble(40008, "invalid message type")
    content = body.get(kind)
    if not isinstance(content, dict):
        raise Trouble(40058, f"{kind} missing")
    if kind == "template_card" and content.get("card_type") == "button_interaction":
        raise Trouble(43012, "callback url is not set")
    if kind == "textcard":
        _check_card(content)
    elif kind in ("text", "markdown"):
        _check_text(content)


def _check_card(card):
    for field, most in (("title", TITLE_BYTES), ("description", DESCRIPTION_BYTES), ("url", URL_BYTES)):
        value = card.get(field)
        if not isinstance(value, str) or not value:
            raise Trouble(40058, f"textcard.{field} missing")
        if len(value.encode()) > most:
            raise Trouble(40058, f"textcard.{field} exceeds {most} bytes")
    if urlsplit(card["url"]).scheme not in {"http", "https"}:
        raise Trouble(40058, "textcard.url needs a scheme")
    if len(str(card.get("btntxt", ""))) > BUTTON_CHARACTERS:
        raise Trouble(40058, "textcard.btntxt exceeds 4 characters")


def _check_text(content):
    text = content.get("content")
    if not isinstance(text, str) or not text:
        raise Trouble(44004, "empty content")
    content["content"] = text.encode()[:TEXT_BYTES].decode(errors="ignore")


def _duplicate_fate(body, digest):
    if not body.get("enable_duplicate_check"):
        return None
    window = min(int(body.get("duplicate_check_interval", DUPLICATE_SECONDS)), LONGEST_DUPLICATE_SECONDS)
    since = timezone.now() - timedelta(seconds=window)
    earlier = SimulatedMessage.objects.filter(request_digest=digest, sent_at__gt=since)
    return SimulatedMessage.Fate.DUPLICATE if earlier.exists() else None


def _rate_fate(userid):
    now = timezone.now()
    arrived = SimulatedMessage.objects.filter(userid=userid, fate=SimulatedMessage.Fate.ARRIVED)
    full = (
        arrived.filter(sent_at__gt=now - timedelta(minutes=1)).count() >= PER_MINUTE
        or arrived.filter(sent_at__gt=now - timedelta(hours=1)).count() >= PER_HOUR
    )
    return SimulatedMessage.Fate.DROPPED if full else SimulatedMessage.Fate.ARRIVED


def _deliver(userid, body, digest, msgid, fate):
    SimulatedMessage.objects.create(userid=userid, msgid=msgid, request_digest=digest, body=body, fate=fate)
    if fate in UNTOLD:
        SimulatedCall.objects.create(api="message/send", errcode="0", note=f"{userid}: {UNTOLD[fate]}")
