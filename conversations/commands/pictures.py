"""Makes of the pictures of a message what pages show: small copies, and JPEGs of what an iPhone took."""

import logging

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _

from jobs.queue import declare, enqueue

from .. import broadcast, darkroom, file_kinds, file_store
from ..attachments import wants_preparing
from ..errors import Refused
from ..models import Attachment, Conversation, Message
from ..pictures import BadPicture
from .writing import lock, store

log = logging.getLogger(__name__)

PREPARE_PICTURES = declare("prepare_pictures")
SECONDS = 60  # for one picture; 12 megapixels of HEIC take one
JPEG = "image/jpeg"
SHOWN = ["file", "thumbnail", "name", "size", "content_type", "width", "height", "conversion"]


def ask_for_preparing(message, attachments):
    """In the transaction in which `message` takes these files: what they need is done later, all of it together."""
    if any(wants_preparing(each) for each in attachments):
        enqueue(PREPARE_PICTURES, message_id=str(message.id))


def prepare(message_id):
    """Do it, then show it. Safe to run twice: what is done already is left alone, and told once."""
    made = [made for each in Attachment.objects.filter(message=message_id) if (made := _made_of(each))]
    if made:
        _show(message_id, made)


def give_up_waiting(before):
    """What has waited to be converted since before that time becomes a plain file; returns how many messages."""
    late = Attachment.objects.filter(conversion=Attachment.Conversion.WAITING, message__created_at__lt=before)
    waiting = set(late.values_list("message_id", flat=True))
    for message_id in waiting:
        if made := [made for each in late.filter(message=message_id) if (made := _given_up(each))]:
            _show(message_id, made)
    return len(waiting)


class Made:
    """An attachment and what has become of it, not saved yet; `before` is how it was found."""

    def __init__(self, attachment):
        self.attachment = attachment
        self.before = {"pk": attachment.pk, "conversion": attachment.conversion, "thumbnail": attachment.thumbnail.name}
        self.replaced = None  # the stored name of a file that is not wanted any more


def _made_of(attachment):
    """Made, or None when nothing has changed."""
    if not wants_preparing(attachment):
        return None
    made = Made(attachment)
    if attachment.is_converting:
        return _converted(made)
    return made if _add_thumbnail(attachment) else None


def _converted(made):
    attachment = made.attachment
    try:
        with attachment.file.open("rb") as content:
            picture = _developed("convert", content)
    except FileNotFoundError:
        return _failed(made)
    except BadPicture:
        log.warning("attachment %s could not be converted", attachment.pk)
        return _given_up(attachment)
    _with(made, picture.clean)
    attachment.name = file_kinds.fitting_name(attachment.name, JPEG, _("文件"))
    attachment.content_type = JPEG
    attachment.width, attachment.height = picture.width, picture.height
    attachment.conversion = Attachment.Conversion.NONE
    if wants_preparing(attachment):
        _add_thumbnail(attachment)
    return made


def _given_up(attachment):
    """Made, or None where the disk is full or others take too long: it waits on, and the next hour asks again."""
    try:
        return _failed(_with(Made(attachment), _blanked(attachment)))
    except FileNotFoundError:
        log.exception("attachment %s has lost its file", attachment.pk)
        return _failed(Made(attachment))
    except (Refused, darkroom.Busy):
        return None


def _blanked(attachment):
    """What stays a file says no more of where it was taken than a picture would."""
    with attachment.file.open("rb") as content:
        try:
            return _developed("blank", content).clean
        except BadPicture:
            content.seek(0)
            return content.read()


def _with(made, content):
    """Made, with another file in the place of the one it has."""
    made.replaced = made.attachment.file.name
    file_store.put(made.attachment.file, ContentFile(content), file_store.ending())
    made.attachment.size = len(content)
    return made


def _failed(made):
    attachment = made.attachment
    attachment.conversion, attachment.width, attachment.height = Attachment.Conversion.FAILED, None, None
    return made


def _add_thumbnail(attachment):
    """Returns whether a small copy was worth keeping."""
    try:
        with attachment.file.open("rb") as content:
            small = _developed("shrink", content)
    except (BadPicture, FileNotFoundError):
        log.warning("attachment %s has no small copy", attachment.pk)
        return False
    if len(small.clean) >= attachment.size and attachment.width * attachment.height <= darkroom.LIGHT_PIXELS:
        return False  # a screenshot of plain colours is smaller as it is
    kind = "png" if small.clean[:4] == b"\x89PNG" else "jpg"
    # Another worker may make the same copy, and the slower one throws away its own.
    file_store.put(attachment.thumbnail, ContentFile(small.clean), f"{file_store.ending()}.{kind}")
    return True


def _developed(task, content):
    return darkroom.developed(
        task, content, folder=settings.FILE_UPLOAD_TEMP_DIR, seconds=SECONDS, patience=5 * SECONDS
    )


def _show(message_id, made):
    """One change of the message, whatever has become of how many of its files."""
    conversation_id = Message.objects.values_list("conversation_id", flat=True).get(pk=message_id)
    with transaction.atomic():
        conversation = lock(Conversation.objects.all(), conversation_id)
        if not [each for each in made if _saved(each)]:
            return
        message = conversation.messages.get(pk=message_id)
        conversation.changes(internal=message.internal)
        message.version = conversation.version
        pictures = all(each.is_image for each in message.attachments.all())
        message.msg_type = Message.MsgType.IMAGE if pictures else Message.MsgType.FILE
        message.save(update_fields=["version", "msg_type"])
        store(conversation)
        broadcast.announce_changed(conversation, message)


def _saved(made):
    """Whether it was still as it was found: of two workers that do the same work, only the first one's counts."""
    attachment, replaced = made.attachment, made.replaced
    if not Attachment.objects.filter(**made.before).exists():
        return False
    attachment.save(update_fields=SHOWN)
    if replaced:
        # As the camera wrote it, with the place where it was taken. A crash before it goes leaves a file that no row
        # names, and the sweep takes that.
        storage = attachment.file.storage
        transaction.on_commit(lambda: file_store.remove(storage, replaced), robust=True)
    return True
