"""One line of a conversation."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .conversation import Conversation


class Message(models.Model):
    """Written once, under the lock of its conversation; `seq` counts 1, 2, 3 … inside it without a gap.

    A line of the system carries `notice` (which sentence) and `facts` (its blanks), so that each reader sees it in
    their own language; `content` then holds the Chinese sentence. `version` is the conversation's version at the
    message's last change. A person's words that were not written at a page of the desk say so in `facts` (`origin`).
    """

    class SenderType(models.TextChoices):
        EMPLOYEE = "employee", _("员工")
        AGENT = "agent", _("客服")
        AI = "ai", _("智能助手")
        SYSTEM = "system", _("系统")

    class MsgType(models.TextChoices):
        TEXT = "text", _("文字")
        IMAGE = "image", _("图片")
        FILE = "file", _("文件")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="messages")
    seq = models.PositiveIntegerField()
    prev_public_seq = models.PositiveIntegerField()
    version = models.PositiveIntegerField()
    client_id = models.UUIDField()
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    sender_type = models.CharField(max_length=16, choices=SenderType.choices)
    sender_name = models.CharField(max_length=64, blank=True)
    msg_type = models.CharField(max_length=16, choices=MsgType.choices, default=MsgType.TEXT)
    content = models.TextField(blank=True)
    notice = models.CharField(max_length=32, blank=True)
    facts = models.JSONField(default=dict, blank=True)
    internal = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("消息")
        verbose_name_plural = pgettext_lazy("plural", "消息")
        ordering = ["conversation", "seq"]
        constraints = [
            models.UniqueConstraint(fields=["conversation", "seq"], name="one_message_per_seq"),
            # The last word on "one client_id, one message" (CONTRACT 5.2): the lock already serialises, this proves it.
            models.UniqueConstraint(fields=["author", "client_id"], name="one_message_per_client_id"),
            models.UniqueConstraint(
                fields=["client_id"], condition=Q(author=None), name="one_unauthored_message_per_client_id"
            ),
        ]
        indexes = [models.Index(fields=["conversation", "version"], name="message_by_version")]

    def __str__(self):
        return f"{self.conversation_id} #{self.seq}"

    @property
    def origin(self):
        """Where it was written: `wecom` for the app's chat, empty for a page of the desk."""
        return "" if self.notice else self.facts.get("origin", "")
