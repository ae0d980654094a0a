"""Whether there is room for a file: on the disk, and in what one person may upload within a day."""

import shutil
from datetime import timedelta

from django.conf import settings
from django.db.models import Sum
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.translation import gettext as _

from .errors import Refused
from .models import Attachment, Upload

DAY = timedelta(hours=24)


def check_room(owner, size):
    """Raises Refused when `size` more bytes of `owner` are too many: 413 for the day, 507 for the disk.

    Two files that begin at the same moment may both be let in by the last bytes of the day: the next one is not.
    """
    if _taken(owner) + size > settings.UPLOAD_QUOTA_BYTES:
        limit = filesizeformat(settings.UPLOAD_QUOTA_BYTES)
        reason = _("一天之内上传的文件加起来不能超过 %(limit)s，请过些时候再传") % {"limit": limit}
        raise Refused(reason, status=413, code="quota")
    check_disk(size)


def _taken(owner):
    """What lies here of the last day's files of one person, those included that are still on their way."""
    stored = Attachment.objects.filter(owner=owner, created_at__gte=timezone.now() - DAY)
    return sum(rows.aggregate(total=Sum("size"))["total"] or 0 for rows in (stored, Upload.objects.filter(owner=owner)))


def check_disk(size):
    """Raises Refused when the disk would be left too full for the database that shares it."""
    if shutil.disk_usage(settings.FILE_UPLOAD_TEMP_DIR).free - size < settings.DISK_FLOOR_BYTES:
        raise no_room()


def busy():
    """The same request is good in a moment."""
    return Refused(_("系统正忙，请稍等几秒，内容不会丢"), status=503, code="unavailable")


def no_room():
    return Refused(_("服务器暂时存不下文件，请稍后再试"), status=507, code="no_room")
