"""Keeps what WeCom says, once, together with the job that works on it. Nothing else may happen in WeCom's request."""

import hashlib
import json
import logging
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from jobs.queue import declare, enqueue

from ..models import Inbound
from . import registry

RECEIVE = declare("receive_from_wecom")
KEPT_FOR = timedelta(days=30)  # WeCom's own copies come within the minute
ENVELOPE = {"ToUserName", "FromUserName", "CreateTime", "MsgType", "MsgId", "AgentID", "Event"}
SYSTEM = "sys"  # in whose name WeCom tells of the directory
ABOUT = ("UserID", "Id", "TagId")  # whom or what such news is about

logger = logging.getLogger(__name__)


def keep(fields):
    """Store one thing that WeCom said (`markup.fields_of`) unless it is here already, or nobody cares to know."""
    entry = _entry(fields)
    if entry is None:
        logger.info("wecom: a callback says neither who nor what")
        return
    if entry.kind == "event" and registry.handler_of(entry) is None:
        return  # many tell where somebody is, or which page was opened: what is not kept cannot be lost
    with transaction.atomic():
        # The unique key decides: of three copies that come at once two wait for the first, and find it.
        row, created = Inbound.objects.get_or_create(key=entry.key, defaults=_columns(entry))
        if created:
            enqueue(RECEIVE, inbound_id=row.pk)


def sweep(now):
    """Forget what was settled long ago; what became of it is a message. Returns how many."""
    return Inbound.objects.filter(received_at__lt=now - KEPT_FOR).delete()[0]


def _entry(fields):
    """The row, unsaved, or None when it is nothing that an app can be told."""
    text = {name: value for name, value in fields.items() if isinstance(value, str)}
    kind, userid = text.get("MsgType", "").lower(), text.get("FromUserName", "")
    if not kind or not userid:
        return None
    return Inbound(
        key=_key(fields, text, kind, userid),
        corp_id=settings.WECOM_CORP_ID,
        agent_id=text.get("AgentID", "")[:32],
        userid=userid[:128],
        line=_line(text, userid)[:200],
        kind=kind[:32],
        event=text.get("Event", "").lower()[:64] if kind == "event" else "",
        fields={name: value for name, value in fields.items() if name not in ENVELOPE},
        sent_at=_moment(text.get("CreateTime", "")),
    )


def _key(fields, text, kind, userid):
    """What makes two of them the same (WECOM 5): for a message its id, its person and the app; for an event everything.

    The official advice for events, who and which second, has lost events of others: two people who change department
    in the same second differ in nothing but their name.
    """
    if kind != "event" and text.get("MsgId"):
        told = [settings.WECOM_CORP_ID, text.get("AgentID", ""), text["MsgId"], userid.lower()]
    else:
        told = [settings.WECOM_CORP_ID, fields]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def _line(text, userid):
    if userid.lower() != SYSTEM:
        return userid.lower()
    return ":".join([SYSTEM, *(text[name] for name in ABOUT if text.get(name))]).lower()


def _moment(seconds):
    """WeCom's clock; where it says nothing that can be a time, ours."""
    if seconds.isascii() and seconds.isdigit() and len(seconds) <= 10:
        return datetime.fromtimestamp(int(seconds), UTC)
    return timezone.now()


def _columns(entry):
    names = ("corp_id", "agent_id", "userid", "line", "kind", "event", "fields", "sent_at")
    return {name: getattr(entry, name) for name in names}
