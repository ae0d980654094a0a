"""What became of telling one person of one message through WeCom."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from conversations.models import Message

from .. import reasons


class Delivery(models.Model):
    """What became of telling one person of one message through WeCom (ARCHITECTURE 4).

    `reason`: a word of `reasons.py`, or what WeCom answered; `why` says it in the reader's language. `request` is the
    exact JSON text: a retry sends the same bytes, and WeCom swallows the second copy. `uncertain_since`: the first try
    whose end nobody knows; after WeCom's duplicate window it must not be sent again.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("等待发送")
        SENT = "sent", _("已发送")
        FAILED = "failed", _("未送达")
        SUPPRESSED = "suppressed", _("无需发送")

    message = models.ForeignKey(Message, models.CASCADE, related_name="deliveries", verbose_name=_("消息"))
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("收件人"))
    state = models.CharField(_("状态"), max_length=16, choices=State.choices, default=State.QUEUED)
    request = models.TextField(_("请求"), blank=True)
    msgid = models.CharField("msgid", max_length=256, blank=True)
    reason = models.CharField(_("原因"), max_length=32, blank=True)
    attempts = models.PositiveIntegerField(_("次数"), default=0)
    lease_owner = models.CharField(max_length=32, blank=True, editable=False)
    lease_until = models.DateTimeField(null=True, editable=False)
    uncertain_since = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(_("开始"), default=timezone.now)
    tried_at = models.DateTimeField(_("最近尝试"), null=True)
    ended_at = models.DateTimeField(_("结束"), null=True)

    class Meta:
        verbose_name = _("企业微信通知")
        verbose_name_plural = pgettext_lazy("plural", "企业微信通知")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["message", "person"], name="one_delivery_per_message_and_person")
        ]
        indexes = [models.Index(fields=["state", "created_at"], name="delivery_by_state")]

    def __str__(self):
        return f"{self.person} · {self.get_state_display()}"

    @property
    def why(self):
        return reasons.sentence(self.reason)
