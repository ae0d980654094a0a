"""A file that belongs to a message, or that waits for one."""

import re
import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .message import Message

ENDING = re.compile(r"-[0-9a-f]{8}")


def stored_path(attachment, ending):
    """The name on disk is ours alone: nothing the uploader wrote becomes a path (RELIABILITY C6). An `ending` of ours
    tells two apart that work on one attachment at once."""
    ours = ending if ENDING.fullmatch(ending) else ""
    return f"attachments/{attachment.id.hex[:2]}/{attachment.id.hex}{ours}"


def thumbnail_path(attachment, filename):
    """Beside the file. The name is ours as well (`-1a2b3c4d.jpg`): its kind says how the copy is served."""
    ending, _dot, kind = filename.rpartition(".")
    return f"{stored_path(attachment, ending)}-small.{kind}"


class Attachment(models.Model):
    """Staged first (owner, no message), then adopted by the message in the message's own transaction.

    What has `width` and `height` is shown as a picture. `thumbnail` is a smaller still copy, where one is worth having.
    `conversion` tells of a picture that no browser shows: it waits to become a JPEG, or why it did not become one.
    """

    class Conversion(models.TextChoices):
        NONE = "", _("无需转换")
        WAITING = "waiting", _("正在转换")
        FAILED = "failed", _("无法转换")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    message = models.ForeignKey(Message, models.CASCADE, null=True, blank=True, related_name="attachments")
    position = models.PositiveSmallIntegerField(default=0)
    file = models.FileField(upload_to=stored_path, max_length=200)
    thumbnail = models.FileField(upload_to=thumbnail_path, max_length=200, blank=True)
    name = models.CharField(max_length=150)
    size = models.PositiveBigIntegerField()
    content_type = models.CharField(max_length=100)
    width = models.PositiveIntegerField(null=True, blank=True)
    height = models.PositiveIntegerField(null=True, blank=True)
    conversion = models.CharField(max_length=16, choices=Conversion.choices, default=Conversion.NONE, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("附件")
        verbose_name_plural = pgettext_lazy("plural", "附件")
        ordering = ["message", "position", "id"]
        indexes = [
            models.Index(fields=["message", "created_at"], name="attachment_orphans"),
            models.Index(fields=["owner", "created_at"], name="attachment_by_owner"),
        ]

    def __str__(self):
        return self.name

    @property
    def is_image(self):
        return self.width is not None

    @property
    def is_converting(self):
        return self.conversion == self.Conversion.WAITING
