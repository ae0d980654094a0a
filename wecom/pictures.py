"""Pictures of WeCom's own picker: the page names them by media_id, a job fetches each and stages it as a file of its
author's, through the same checks as an upload. What is not sent is swept with the other staged files.
"""

import re
from datetime import timedelta

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone

from conversations import attachments, file_kinds
from conversations.errors import Refused
from conversations.models import Attachment
from conversations.room import check_room
from jobs.queue import RetryLater, enqueue

from .client import Client
from .errors import WecomError
from .models import PhonePicture

FETCH = "fetch_phone_picture"
MEDIA_ID = re.compile(r"[A-Za-z0-9_@.-]{6,512}")
GIVE_UP = timedelta(minutes=2)  # the page gives up before that; what comes later nobody waits for
KEEP = timedelta(days=1)
PASSING = {429, 503}  # refusals that the next try may not meet
LATE, GONE, KIND = "late", "gone", "kind"
State = PhonePicture.State


class Taken(Exception):
    """Somebody else's picture has this id."""


def begin(*, owner, picture_id, media_id):
    """Have a picture fetched; the same id again is the same picture. → the PhonePicture. Raises Taken."""
    with transaction.atomic():
        picture, made = PhonePicture.objects.get_or_create(
            pk=picture_id, defaults={"owner": owner, "media_id": media_id}
        )
        if picture.owner_id != owner.pk:
            raise Taken
        if made:
            enqueue(FETCH, key=f"{FETCH}:{picture_id}", picture_id=str(picture_id))
    return picture


def fetch(picture_id):
    """Bring one picture here. Bears a second run: the attachment has the picture's id. Raises RetryLater."""
    picture = PhonePicture.objects.filter(pk=picture_id, state=State.WAITING).select_related("owner").first()
    if picture is None:
        return
    if timezone.now() - picture.created_at > GIVE_UP:
        _end(picture, State.FAILED, LATE)
        return
    try:
        media = Client().media(picture.media_id, most=settings.ATTACHMENT_MAX_BYTES)
    except WecomError as error:
        if not error.permanent:
            raise RetryLater(min(error.retry_after or 2, 10), str(error)) from None
        _end(picture, State.FAILED, GONE)
        return
    _keep(picture, media.content)


def sweep(now):
    """Forget what was fetched, or not, more than a day ago; the files themselves are the sweep of attachments'."""
    PhonePicture.objects.filter(created_at__lt=now - KEEP).delete()


def _keep(picture, content):
    file = SimpleUploadedFile("picture", content)
    # WeCom's name and kind are believed in nothing (WECOM 4): a picture is what its bytes say.
    if not content or file_kinds.kind_of("", file) not in {*file_kinds.PICTURES, file_kinds.HEIC}:
        _end(picture, State.FAILED, KIND)
        return
    file.name = f"{timezone.localtime():%Y%m%d-%H%M%S}-{picture.pk.hex[:4]}"
    try:
        check_room(picture.owner, file.size)
        attachments.stage(picture.owner, file, attachment_id=picture.pk)
    except Refused as error:
        if error.status in PASSING:
            raise RetryLater(2, error.code) from None
        _end(picture, State.FAILED, error.code)
        return
    except IntegrityError:  # an earlier run came this far, and no further; or the id was an upload's of somebody else
        if not Attachment.objects.filter(pk=picture.pk, owner=picture.owner).exists():
            _end(picture, State.FAILED, KIND)
            return
    _end(picture, State.STORED)


def _end(picture, state, reason=""):
    # Nothing but a waiting one is ended: a worker that was thought dead comes late.
    waiting = PhonePicture.objects.filter(pk=picture.pk, state=State.WAITING)
    waiting.update(state=state, reason=reason[: PhonePicture._meta.get_field("reason").max_length])
