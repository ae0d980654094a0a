"""The few sentences that the app's chat answers by itself, each at most once (its key in the ledger of `sending.py`)."""

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from jobs.queue import declare, enqueue

from .. import sending
from ..models import Delivery

SAY = declare("say_in_app_chat")
KIND = "chat"


def greet(person):
    """At most once a day."""
    text = _("您好，这里是 IT 服务台。遇到问题直接在这里写，文字和图片都可以；也可以打开页面：%(page)s")
    _say(person, f"greeting:{person.pk}:{timezone.localdate()}", text % {"page": _page()})


def cannot_take(entry, person):
    """Once a minute: each of a row of stickers would be one of the company's messages of the day."""
    text = _("这里收不了这种消息。要发文件，请打开页面：%(page)s")
    _say(person, f"cannot_take:{person.pk}:{entry.received_at:%Y%m%d%H%M}", text % {"page": _page()})


def not_received(entry, person, told):
    text = _("%(told)s。请再发一次，或打开页面：%(page)s")
    _say(person, f"not_received:{entry.pk}", text % {"told": told, "page": _page()}, entry.pk)


def may_not_ask(entry, person):
    """Once a day: somebody who is refused may go on writing."""
    _say(person, f"may_not_ask:{person.pk}:{timezone.localdate()}", _("您现在不能在这里提交请求，请联系管理员。"))


def _page():
    return f"{settings.SITE_URL}{reverse('desk:home')}"


def send(delivery_id):
    """Raises TryLater."""
    row = Delivery.objects.filter(pk=delivery_id).first()
    if row:
        sending.finish(row)


def _say(person, key, text, number=0):
    """In a job of its own: a WeCom that does not take our sentence must not hold up the next one of theirs."""
    body = sending.envelope(person, "text", {"content": text}, number)
    with transaction.atomic():
        row = sending.enlist(person, key, body, kind=KIND)
        enqueue(SAY, key=f"{SAY}:{row.pk}", delivery_id=row.pk)
