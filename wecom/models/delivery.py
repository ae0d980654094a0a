"""What became of telling one person of one thing through WeCom, and each try."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from conversations.models import Message

from .. import reasons


class Delivery(models.Model):
    """One app message for one person; `key` is its unique business key, `kind` says what it is (`sending.deliver`).

    `reason`: a word of `reasons.py`, or what WeCom answered; `why` says it in the reader's language. `request` is the
    exact JSON text: a retry sends the same bytes, and WeCom swallows the second copy. `uncertain_since`: the first try
    whose end nobody knows; after WeCom's duplicate window it must not be sent again. `covered_by`: the card that tells
    of this message too. `response_code`: what changes a card with buttons, once. `recall`: a word, when it was tried.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("等待发送")
        SENT = "sent", _("已发送")
        FAILED = "failed", _("未送达")
        SUPPRESSED = "suppressed", _("无需发送")

    class Recall(models.TextChoices):
        NONE = "", _("没有撤回")
        DONE = "done", _("已撤回")
        FAILED = "failed", _("没能撤回")

    key = models.CharField(_("业务键"), max_length=200, unique=True)
    kind = models.CharField(_("种类"), max_length=32)
    message = models.ForeignKey(
        Message, models.CASCADE, null=True, blank=True, related_name="deliveries", verbose_name=_("消息")
    )
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("收件人"))
    state = models.CharField(_("状态"), max_length=16, choices=State.choices, default=State.QUEUED)
    request = models.TextField(_("请求"), blank=True)
    msgid = models.CharField("msgid", max_length=256, blank=True)
    response_code = models.CharField("response_code", max_length=256, blank=True)
    reason = models.CharField(_("原因"), max_length=32, blank=True)
    covered_by = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="covers", verbose_name=_("合并到")
    )
    recall = models.CharField(_("撤回"), max_length=8, choices=Recall.choices, default=Recall.NONE, blank=True)
    attempts = models.PositiveIntegerField(_("次数"), default=0)
    uncertain_since = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(_("开始"), default=timezone.now)
    tried_at = models.DateTimeField(_("最近尝试"), null=True)
    ended_at = models.DateTimeField(_("结束"), null=True)

    class Meta:
        verbose_name = _("企业微信通知")
        verbose_name_plural = pgettext_lazy("plural", "企业微信通知")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["state", "created_at"], name="delivery_by_state"),
            models.Index(fields=["person", "id"], name="delivery_waiting", condition=Q(state="queued")),
        ]

    def __str__(self):
        return f"{self.person} · {self.get_state_display()}"

    @property
    def why(self):
        return reasons.sentence(self.reason)


class DeliveryTry(models.Model):
    """One call of WeCom for a delivery. Written before the call: an `outcome` that stays empty is a worker that died.

    `outcome`: "ok", "recalled", WeCom's errcode or one of our own words. `spent`: it counts against what a member may
    get, since it may have arrived.
    """

    class What(models.TextChoices):
        SEND = "send", _("发送")
        RECALL = "recall", _("撤回")

    delivery = models.ForeignKey(Delivery, models.CASCADE, related_name="tries", verbose_name=_("通知"))
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    what = models.CharField(_("动作"), max_length=8, choices=What.choices, default=What.SEND)
    at = models.DateTimeField(_("时间"), default=timezone.now)
    ended_at = models.DateTimeField(_("结束"), null=True)
    outcome = models.CharField(_("结果"), max_length=32, blank=True)
    spent = models.BooleanField(default=True, editable=False)

    class Meta:
        verbose_name = _("尝试")
        verbose_name_plural = pgettext_lazy("plural", "尝试")
        ordering = ["id"]
        indexes = [
            models.Index(fields=["person", "at"], name="tries_of_a_member", condition=Q(spent=True)),
            models.Index(fields=["at"], name="tries_of_a_day", condition=Q(spent=True)),
        ]

    def __str__(self):
        return f"{self.what} {self.outcome}"

    @property
    def why(self):
        return reasons.outcome(self.outcome)
