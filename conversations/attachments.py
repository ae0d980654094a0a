"""Files of messages: taken in (`stage`), shown to whoever may see them, and swept away when no message took them."""

import uuid
from contextlib import contextmanager
from datetime import timedelta

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from . import access, darkroom, file_kinds, file_store, heic, pictures
from .errors import Refused
from .models import Attachment
from .room import busy, check_room
from .scanning import refuse_infected

UNADOPTED_FOR = timedelta(hours=24)
FOLDER = "attachments"
# A picture that is smaller than both stands in its bubble as it came.
LIGHT_BYTES, LIGHT_SIDE = 60_000, pictures.THUMBNAIL_SIDE


def stage(owner, uploaded_file, attachment_id=None):
    """Check one uploaded file and store it, owned by `owner` and without a message yet. Returns the Attachment.

    Raises Refused: 413 too large, 422 empty, of a kind that is not taken, damaged or infected, 503 while the scanner does
    not answer or too many pictures are looked at, 507 no room on the disk; and IntegrityError when `attachment_id`, which
    an upload brings with it, is taken already.
    """
    check_size(uploaded_file.size)
    name = file_kinds.display_name(uploaded_file.name)
    kind = file_kinds.kind_of(name, uploaded_file)
    if kind is None:
        raise unknown_kind()
    refuse_infected(uploaded_file)
    picture = _examined(kind, uploaded_file)
    content = ContentFile(picture.clean) if picture and picture.clean else uploaded_file
    attachment = Attachment(
        id=attachment_id or uuid.uuid4(),
        owner=owner,
        name=file_kinds.fitting_name(name, kind, _("文件")),
        size=content.size,
        content_type=kind,
        width=picture and picture.width,
        height=picture and picture.height,
        conversion=Attachment.Conversion.WAITING if kind == file_kinds.HEIC else Attachment.Conversion.NONE,
        created_at=timezone.now(),
    )
    # Two requests may finish one upload at once: each needs a file of its own, to throw away without the other's.
    _store(attachment, content, file_store.ending() if attachment_id else "")
    return attachment


@contextmanager
def staged(owner, uploaded_files):
    """The ids of these files, for one message. Whatever no message took when the block ends is removed at once: the
    message was refused, or it was a repeated post whose files are stored already. Raises Refused."""
    if uploaded_files:
        check_room(owner, sum(each.size for each in uploaded_files))
    ids = []
    try:
        for uploaded_file in uploaded_files:
            ids.append(stage(owner, uploaded_file).id)
        yield ids
    finally:
        for attachment_id in ids:
            remove_unadopted(attachment_id)


def check_size(size):
    """Raises Refused for a file of so many bytes: 422 empty, 413 too large."""
    if not size:
        raise Refused(_("这个文件是空的"), code="file_empty")
    if size > settings.ATTACHMENT_MAX_BYTES:
        limit = filesizeformat(settings.ATTACHMENT_MAX_BYTES)
        raise Refused(_("文件太大，单个文件不能超过 %(limit)s") % {"limit": limit}, status=413, code="file_too_large")


def unknown_kind():
    return Refused(_("不支持这种文件，或内容与扩展名不符；可以压缩成 zip 后再发"), code="file_kind")


def _examined(kind, content):
    """How large a picture is and what to store of it; None for what is no picture."""
    try:
        if kind == file_kinds.HEIC:
            return pictures.Picture(*heic.measured(content), None)
        if kind in file_kinds.PICTURES:
            return darkroom.examined(content, folder=settings.FILE_UPLOAD_TEMP_DIR)
    except pictures.TooManyPixels:
        millions = pictures.MAX_PIXELS // 1_000_000
        reason = _("图片太大，不能超过 %(count)s 百万像素") % {"count": millions}
        raise Refused(reason, code="picture_too_large") from None
    except darkroom.Busy:
        raise busy() from None
    except pictures.BadPicture:
        raise Refused(_("图片打不开，可能已损坏"), code="picture_damaged") from None


def _store(attachment, content, ending):
    """The file first, down to the disk, then the row: no row ever names a file that a crash can take (R9)."""
    file_store.put(attachment.file, content, ending)
    try:
        with transaction.atomic():
            attachment.save(force_insert=True)
    except IntegrityError:
        # Only where the row is surely not there: after any other error, a lost answer to COMMIT say, it may be, and the
        # sweep knows better.
        file_store.remove(attachment.file.storage, attachment.file.name)
        raise


def wants_preparing(attachment):
    """Whether something is to be made of it once a message has taken it: a picture at all, or a smaller one."""
    if attachment.is_converting:
        return True
    is_large = attachment.size > LIGHT_BYTES or max(attachment.width or 0, attachment.height or 0) > LIGHT_SIDE
    return attachment.content_type in file_kinds.PICTURES and is_large and not attachment.thumbnail


def attachment_json(attachment):
    """A file as CONTRACT 3 writes it; `thumbnail_url` is None for what is no picture, or none yet."""
    url = reverse("attachments:file", args=[attachment.id])
    return {
        "id": str(attachment.id),
        "name": attachment.name,
        "size": attachment.size,
        "content_type": attachment.content_type,
        "url": url,
        "thumbnail_url": _thumbnail_url(attachment, url),
        "width": attachment.width,
        "height": attachment.height,
    }


def _thumbnail_url(attachment, url):
    if attachment.thumbnail:
        return reverse("attachments:thumbnail", args=[attachment.id])
    return url if attachment.is_image and not attachment.is_converting else None


def visible(user, attachment_id):
    """The attachment, if `user` may have its file, else None: absent and foreign look the same.

    Staged, it is its owner's alone; adopted, it follows its message, whoever uploaded it. What is being converted is not
    there yet: as it came it may say where it was taken.
    """
    found = Attachment.objects.select_related("message__conversation").filter(pk=attachment_id).first()
    if found is None:
        return None
    if found.message is None:
        return found if found.owner_id == user.pk else None
    allowed = access.may_read_message(user, found.message) and not found.is_converting
    return found if allowed else None


def sweep(now):
    """Remove what no message adopted within a day, then files that no row names. Returns how many of each."""
    return _sweep_rows(now - UNADOPTED_FOR), _sweep_files(now - UNADOPTED_FOR)


def _sweep_rows(before):
    old = Attachment.objects.filter(message=None, created_at__lt=before)
    return sum(remove_unadopted(attachment_id) for attachment_id in list(old.values_list("pk", flat=True)))


def remove_unadopted(attachment_id):
    """Whether there was such a file without a message; it is gone now."""
    with transaction.atomic(
        durable=True
    ):  # committed when it ends: a file without a row is the sweep's, the other is lost
        # Under the row's lock: a message that adopts it at this moment waits, and then finds it gone.
        unadopted = Attachment.objects.select_for_update().filter(pk=attachment_id, message=None)
        attachment = unadopted.order_by("pk").first()
        if attachment:
            attachment.delete()
    if attachment:
        file_store.remove(attachment.file.storage, attachment.file.name)
    return attachment is not None


def _sweep_files(before):
    """Leftovers of a crash between file and row, of messages that were deleted, and of converted pictures."""
    storage, swept = Attachment._meta.get_field("file").storage, 0
    for name in _old_files(storage, before):
        if not Attachment.objects.filter(Q(file=name) | Q(thumbnail=name)).exists():
            file_store.remove(storage, name)
            swept += 1
    return swept


def _old_files(storage, before):
    for folder in _listed(storage, FOLDER)[0]:
        for name in _listed(storage, f"{FOLDER}/{folder}")[1]:
            path = f"{FOLDER}/{folder}/{name}"
            if storage.get_modified_time(path) < before:
                yield path


def _listed(storage, folder):
    # Not `exists`: a storage of objects knows no folders, only names that begin alike.
    try:
        return storage.listdir(folder)
    except FileNotFoundError:
        return [], []
