"""What became of each question that the assistant was asked."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from conversations.models import Message


class Turn(models.Model):
    """One row for each employee message that was put to the assistant; the job that asks may run twice, the row not.

    `late`: the conversation had gone on (a person took it, a newer message) before the answer was there; it was dropped.
    """

    class Outcome(models.TextChoices):
        ANSWERED = "answered", _("已回答")
        NOTHING = "nothing", _("没有找到")
        FAILED = "failed", _("出错，已转人工")
        LATE = "late", _("来晚了，没有发出")

    message = models.OneToOneField(Message, models.CASCADE, related_name="turn", verbose_name=_("问题"))
    provider = models.CharField(_("来源"), max_length=32)
    outcome = models.CharField(_("结果"), max_length=16, choices=Outcome.choices)
    reason = models.CharField(_("原因"), max_length=200, blank=True)
    took_ms = models.PositiveIntegerField(_("用时（毫秒）"), default=0)
    at = models.DateTimeField(_("时间"), default=timezone.now)

    class Meta:
        verbose_name = _("助手回答")
        verbose_name_plural = pgettext_lazy("plural", "助手回答")
        ordering = ["-id"]

    def __str__(self):
        return f"{self.message_id} {self.outcome}"
