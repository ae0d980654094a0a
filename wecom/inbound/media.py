"""Pictures, recordings and films: fetched by their id at once, looked at and made anew like any upload.

`PicUrl` is never followed: it is an address that somebody else chose (RELIABILITY C8). What cannot be had for a while
holds up its person's words for PATIENCE; then a line stands in its place, and the file comes as soon as it can be had.
"""

from datetime import timedelta

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from conversations.errors import NotAllowed, NotFound, Refused
from jobs.queue import RetryLater, declare, enqueue

from ..client import Client
from ..errors import WecomError
from ..exchange import MAX_MEDIA
from ..models import Inbound
from . import answers, outcomes
from .posting import from_member, post, posted
from .registry import on_message

FETCH_LATE = declare("fetch_late_from_wecom")
PATIENCE = timedelta(minutes=1)
GIVE_UP_AFTER = timedelta(days=1)
PROMISE = "promise"
PASSING = {503, 507}  # too busy to look at it, no room on the disk
EXPIRED = 40007
# The name it gets here, whatever WeCom calls it: for people, and for the extension that its first bytes are compared to.
NAMES = {
    "image": (gettext_noop("图片"), "jpg"),
    "voice": (gettext_noop("语音"), "amr"),
    "video": (gettext_noop("视频"), "mp4"),
}


class NotNow(Exception):
    """It may be had later: in `seconds`, if that is known."""

    def __init__(self, seconds, reason):
        super().__init__(reason)
        self.seconds = seconds


@on_message(*NAMES)
@from_member
def media(entry, person):
    if earlier := posted(entry, person):
        entry.message = earlier
    elif earlier := posted(entry, person, PROMISE):
        _promised(entry, earlier)
    else:
        _bring_or_promise(entry, person)


def fetch_late(inbound_id):
    """What was promised. Raises RetryLater; bears a second run."""
    entry = Inbound.objects.select_related("message__author").filter(pk=inbound_id).first()
    if entry and entry.settled_at is None:
        # Whoever promised it is a moment behind us, or dead; its next run says whose it is.
        raise RetryLater(2, "the promise is not written down yet")
    person = entry and entry.message and entry.message.author
    if not person or posted(entry, person):
        return
    entry.outcome = outcomes.DONE
    try:
        _bring(entry, person)
    except NotNow as error:
        if timezone.now() - entry.received_at < GIVE_UP_AFTER:
            raise RetryLater(error.seconds, str(error)) from None
        _say_why_not(entry, person, _("企业微信一直没有给出这个文件"))
    except (NotAllowed, NotFound):
        entry.outcome = outcomes.NOT_ALLOWED  # who may not ask any more has nothing to wait for
    Inbound.objects.filter(pk=entry.pk).update(outcome=entry.outcome)


def _bring_or_promise(entry, person):
    try:
        _bring(entry, person)
    except NotNow as error:
        if timezone.now() - entry.received_at < PATIENCE:
            raise RetryLater(error.seconds, str(error)) from None
        post(entry, person, _("%(what)s 暂时没有取到，稍后会补上") % {"what": _label(entry)}, part=PROMISE)
        _promised(entry, entry.message)


def _promised(entry, message):
    # After the line is there, and again in each run that finds it: a worker that dies in between keeps the promise.
    enqueue(FETCH_LATE, key=f"{FETCH_LATE}:{entry.pk}", inbound_id=entry.pk)
    entry.message, entry.outcome = message, outcomes.PROMISED


def _bring(entry, person):
    """Fetch it and post it, or post why it will never come. Raises NotNow, NotAllowed, NotFound."""
    try:
        post(entry, person, "", files=[_fetched(entry)])
    except WecomError as error:
        if not error.permanent:
            raise NotNow(error.retry_after, str(error)) from None
        _say_why_not(entry, person, _reason(error))
    except (NotAllowed, NotFound):
        raise
    except Refused as refused:
        if refused.status in PASSING:
            raise NotNow(None, refused.code) from None
        _say_why_not(entry, person, refused.reason)


def _fetched(entry):
    most = min(MAX_MEDIA, settings.ATTACHMENT_MAX_BYTES)
    found = Client().media(entry.text("MediaId"), most=most)
    name, extension = NAMES[entry.kind]
    return SimpleUploadedFile(f"{_(name)}.{extension}", found.content, found.content_type)


def _reason(error):
    if error.code == EXPIRED:
        return _("企业微信里已经没有这个文件")
    if error.code == "too_big":
        return _("文件太大")
    return _("企业微信没有给出这个文件")


def _say_why_not(entry, person, reason):
    """In the conversation, where its agent looks for it; and to the person, who thinks that it has arrived."""
    told = _("%(what)s 没有收到：%(reason)s") % {"what": _label(entry), "reason": reason}
    post(entry, person, told)
    entry.outcome = outcomes.LOST
    answers.not_received(entry, person, told)


def _label(entry):
    return f"[{_(NAMES[entry.kind][0])}]"
