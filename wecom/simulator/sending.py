"""`message/send` with its real rules (WECOM 3): what is refused, what is lost without a word, what is sent twice."""

import hashlib
import secrets
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from . import content, directory, log, recipients, rules
from .answers import Trouble
from .models import Fault, SimulatedMessage, SimulatedResponse

PER_MINUTE, PER_HOUR = 30, 1000  # messages for one member from one app; more vanish without an error
PER_DAY_AND_MEMBER = 200  # times the company's members: how many the app may send a day altogether
DUPLICATE_SECONDS, LONGEST_DUPLICATE_SECONDS = 1800, 14_400
Fate = SimulatedMessage.Fate
# What the app is never told, for the simulator's own log.
UNTOLD = {
    Fate.DUPLICATE: "duplicate, swallowed",
    Fate.DROPPED: f"over {PER_MINUTE}/min, dropped silently",
}
GIVES_RESPONSE_CODE = {"button_interaction"}


def accept(body, raw):
    """Take one request, as a dict and as its bytes. → `{"msgid", …}` with those who cannot be reached. Raises Trouble."""
    check_agent(body.get("agentid"))
    found = recipients.read(body)
    kept = content.checked(body)
    _check_options(body)
    if not found.reached:
        raise Trouble(81013, "user & party & tag all invalid", **found.fields())
    digest, msgid = hashlib.sha256(raw).hexdigest(), secrets.token_urlsafe(30)
    Fault.objects.get_or_create(pk=1)
    with transaction.atomic():
        Fault.objects.select_for_update().get(pk=1)  # two equal requests at once: the second must see the first
        fate = _duplicate_fate(body, digest)
        if fate and rules.value("duplicate_msgid") == "first":
            msgid = SimulatedMessage.objects.filter(request_digest=digest).latest("id").msgid
        _check_day(fate, len(found.reached))
        _check_task(kept, fate)
        for userid in found.reached:
            message = {"userid": userid, "msgid": msgid, "request_digest": digest, "task_id": _task_id(kept)}
            _deliver(fate or _rate_fate(userid), body={**body, **kept}, **message)
    return {"msgid": msgid, **found.fields(), **_response_code(kept, msgid)}


def check_agent(agentid):
    """The app that speaks must be the token's own. Raises Trouble."""
    if not isinstance(agentid, int) or isinstance(agentid, bool):
        raise Trouble(40056, "invalid agentid")
    if agentid != settings.WECOM_AGENT_ID:
        raise Trouble(301002, "not allow operate another agent with this accesstoken")


def _check_options(body):
    if not isinstance(body.get("duplicate_check_interval", 0), int):
        raise Trouble(40035, "invalid parameter: duplicate_check_interval must be a number")
    for name in ("safe", "enable_id_trans", "enable_duplicate_check"):
        if body.get(name, 0) not in (0, 1):
            raise Trouble(40035, f"invalid parameter: {name} must be 0 or 1")


def _check_day(fate, count):
    most = PER_DAY_AND_MEMBER * len(directory.everyone())
    today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    if not fate and SimulatedMessage.objects.filter(sent_at__gte=today).count() + count > most:
        raise Trouble(45009, "api freq out of limit: messages of this day")


def _check_task(kept, fate):
    task_id = _task_id(kept)
    # The swallowed copy of a request names the same task, of course.
    if task_id and not fate and SimulatedMessage.objects.filter(task_id=task_id).exists():
        raise Trouble(42014, "invalid task_id: used before")


def _duplicate_fate(body, digest):
    if not body.get("enable_duplicate_check"):
        return None
    window = min(body.get("duplicate_check_interval", DUPLICATE_SECONDS), LONGEST_DUPLICATE_SECONDS)
    since = timezone.now() - timedelta(seconds=window)
    earlier = SimulatedMessage.objects.filter(request_digest=digest, sent_at__gt=since)
    return Fate.DUPLICATE if earlier.exists() else None


def _rate_fate(userid):
    now = timezone.now()
    arrived = SimulatedMessage.objects.filter(userid=userid, fate=Fate.ARRIVED)
    full = (
        arrived.filter(sent_at__gt=now - timedelta(minutes=1)).count() >= PER_MINUTE
        or arrived.filter(sent_at__gt=now - timedelta(hours=1)).count() >= PER_HOUR
    )
    return Fate.DROPPED if full else Fate.ARRIVED


def _deliver(fate, **message):
    SimulatedMessage.objects.create(fate=fate, **message)
    if fate in UNTOLD:
        log.write("message/send", "0", f"{message['userid']}: {UNTOLD[fate]}")


def _task_id(kept):
    return kept.get("template_card", {}).get("task_id", "")


def _response_code(kept, msgid):
    if kept.get("template_card", {}).get("card_type") not in GIVES_RESPONSE_CODE:
        return {}
    return {"response_code": issue_response_code(msgid)}


def issue_response_code(msgid):
    """A fresh code that lets the app change this message's card once."""
    return SimulatedResponse.objects.create(code=secrets.token_urlsafe(48), msgid=msgid).code
