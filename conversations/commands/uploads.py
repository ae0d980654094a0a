"""A file that comes in pieces, so that a bad line costs a piece and never the file.

Whoever asks again is told how far it is, and goes on from there; nothing here is spoilt by a piece that comes twice,
late, or in the wrong order. The last byte makes it an attachment under the same id (attachments.stage).
"""

import logging
import threading
import zlib
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from .. import attachments, file_kinds, partials
from ..errors import Misplaced, NotFound, Refused
from ..models import Attachment, Upload
from ..room import busy, check_disk, check_room, no_room

log = logging.getLogger(__name__)

MAX_CHUNK = 1024 * 1024  # bytes
MAX_OPEN = 20  # unfinished uploads of one person; a page has one at a time
UNFINISHED_FOR = timedelta(hours=24)
BUSY = 503
NAME_HEAD, NAME_TAIL = 200, 55  # characters of a long name that are kept: its beginning, and its extension

_guard, _in_work = threading.Lock(), set()  # ids of the uploads that are being checked and stored in this process


@dataclass(frozen=True)
class Progress:
    """How far a file has come. `done`: it is checked and stored, and a message may name it."""

    upload_id: UUID
    size: int
    received: int
    done: bool = False


def find_upload(owner, upload_id):
    """Its Progress, or None when there is no such upload. Raises NotFound when it is somebody else's."""
    found = _known(upload_id)
    if found is None:
        return None
    if found.owner_id != owner.pk:
        raise _gone()
    return _stored(found) if isinstance(found, Attachment) else _unfinished(found)


def progress_of(owner, upload_id):
    """Its Progress. Raises NotFound."""
    progress = find_upload(owner, upload_id)
    if progress is None:
        raise _gone()
    return progress


def begin_upload(*, owner, upload_id, name, size):
    """Announce a file of `size` bytes; the same id again is the same upload. Raises Refused and NotFound.

    What is known to be refused is refused here, before the first byte.
    """
    _check(owner, name, size)
    fields = {"owner": owner, "name": _kept(name), "size": size, "created_at": timezone.now()}
    Upload.objects.get_or_create(pk=upload_id, defaults=fields)
    return progress_of(owner, upload_id)


def take_chunk(*, owner, upload_id, offset, chunk):
    """Take the bytes that follow the first `offset`, and with the last of them store the file. Returns its Progress.

    An empty chunk at the end asks for the storing alone, which a crash may have prevented. Raises Misplaced when other
    bytes were expected, NotFound, and Refused for what is no file to take: then nothing of it is left, except with 503.
    """
    try:
        with transaction.atomic():
            # Under the row's lock: of two pieces that come together one is written, and none into a finished file.
            upload = Upload.objects.select_for_update().filter(pk=upload_id, owner=owner).first()
            taken = upload is not None and _taken(upload, offset, chunk)
    except OSError:
        log.exception("a piece of upload %s could not be written", upload_id)
        _forget(upload_id)
        raise no_room() from None
    except Refused:
        _forget(upload_id)
        raise
    if upload is None:
        return progress_of(owner, upload_id)  # it was stored already
    if not taken:
        raise Misplaced(_unfinished(upload))
    return _finished(upload, owner) if upload.received == upload.size else _unfinished(upload)


def cancel_upload(*, owner, upload_id):
    """Its author does not want to send it after all. Raises NotFound, and Refused when a message has it."""
    progress_of(owner, upload_id)
    forgotten = _forget(upload_id)
    if not attachments.remove_unadopted(upload_id) and not forgotten:
        raise Refused(_("这个文件已经发过了"), code="file_used")


def sweep(now):
    """Remove what was not finished within a day, then what no row names. Returns how many of each."""
    before = now - UNFINISHED_FOR
    unfinished = Upload.objects.filter(created_at__lt=before).values_list("pk", flat=True)
    rows = sum(_forget(upload_id) for upload_id in list(unfinished))
    lost = [each for each in partials.older_than(before) if not Upload.objects.filter(pk=each).exists()]
    for upload_id in lost:
        partials.remove(upload_id)
    return rows, len(lost) + partials.remove_strays(before)


def _check(owner, name, size):
    attachments.check_size(size)
    if not file_kinds.may_be_taken(file_kinds.display_name(name)):
        raise attachments.unknown_kind()
    if Upload.objects.filter(owner=owner).count() >= MAX_OPEN:
        raise Refused(_("还有 %(count)s 个文件没有传完") % {"count": MAX_OPEN}, status=429, code="too_many_uploads")
    check_room(owner, size)


def _kept(name):
    shown = file_kinds.display_name(name)
    return shown if len(shown) <= NAME_HEAD + NAME_TAIL else shown[:NAME_HEAD] + shown[-NAME_TAIL:]


def _taken(upload, offset, chunk):
    """Whether these are the bytes that follow: then they are written and counted."""
    if offset != upload.received:
        return False
    if offset + len(chunk) > upload.size:
        raise Refused(_("文件比开始上传时说的大，请重新选择"), code="upload_size")
    if not chunk:
        return True
    check_disk(len(chunk))
    if partials.append(upload.pk, offset, chunk):
        upload.received += len(chunk)
        upload.checksum = zlib.crc32(chunk, upload.checksum)
    else:
        upload.received = upload.checksum = 0  # a power cut took what was there
    upload.save(update_fields=["received", "checksum"])
    return upload.received > 0


def _finished(upload, owner):
    """Check and store the file whose last byte is there, outside of any lock: a picture takes its time.

    Two requests may come here at once, or one again after a crash. Nobody writes to the pieces any more, and the
    attachment has the upload's id: the second one finds it taken.
    """
    if stored := Attachment.objects.filter(pk=upload.pk, owner=owner).first():
        return _stored(stored)
    if not partials.is_whole(upload):
        Upload.objects.filter(pk=upload.pk, received=upload.size).update(received=0, checksum=0)
        return _found_or_misplaced(owner, upload.pk)
    try:
        with _alone(upload) as file:
            if stored := Attachment.objects.filter(pk=upload.pk, owner=owner).first():
                return _stored(stored)  # a moment ago, by another request
            stored = attachments.stage(owner, file, attachment_id=upload.pk)
    except Refused as error:
        if error.status != BUSY:  # the scanner is away, say: an empty piece in a moment stores what is all here
            _forget(upload.pk)
        raise
    except (IntegrityError, FileNotFoundError):
        return _found_or_misplaced(owner, upload.pk)
    if not _forget(upload.pk):
        attachments.remove_unadopted(upload.pk)  # cancelled meanwhile
        raise _gone()
    return _stored(stored)


@contextmanager
def _alone(upload):
    """Its pieces as a file. Raises Refused while another request looks at them, in this process or in another: a page that
    asks again and again would have one picture decoded as often."""
    with _guard:
        if upload.pk in _in_work:
            raise busy()
        _in_work.add(upload.pk)
    try:
        with partials.opened(upload) as file:
            if not partials.is_mine(file):
                raise busy()
            yield file
    finally:
        with _guard:
            _in_work.discard(upload.pk)


def _found_or_misplaced(owner, upload_id):
    progress = progress_of(owner, upload_id)
    if not progress.done:
        raise Misplaced(progress)
    return progress


def _known(upload_id):
    """Whatever has this id, whoever owns it: the upload while it is unfinished, else the attachment that it became."""
    upload = Upload.objects.filter(pk=upload_id).first()
    if upload and upload.received < upload.size:
        return upload
    # Asked in this order: the attachment is stored before the upload's row goes.
    return Attachment.objects.filter(pk=upload_id).first() or upload


def _forget(upload_id):
    """Whether there was such an upload. The row first: after a crash only a file is left, which the sweep finds."""
    deleted, _each = Upload.objects.filter(pk=upload_id).delete()
    partials.remove(upload_id)
    return bool(deleted)


def _unfinished(upload):
    return Progress(upload.pk, upload.size, upload.received)


def _stored(attachment):
    return Progress(attachment.pk, attachment.size, attachment.size, done=True)


def _gone():
    return NotFound(_("没有找到这次上传，请重新选择文件"))
