"""What must outlive a process: the access token and its lease, spent login codes, and what became of each push."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from conversations.models import Message

from . import reasons
from .simulator.models import Fault, SimulatedCall, SimulatedCode, SimulatedMessage, SimulatedToken

__all__ = [
    "AccessToken", "CodeExchange", "Delivery",
    "Fault", "SimulatedCall", "SimulatedCode", "SimulatedMessage", "SimulatedToken",
]  # fmt: skip


class AccessToken(models.Model):
    """The one token of one app at one base address, shared by all processes; `tokens.py` alone writes here.

    `lease_owner` until `lease_until`: who is fetching a new one. `blocked_until`: no call at all (wrong secret).
    `failing_since`: when the connection last went from working to failing; None while it works.
    """

    corp_id = models.CharField(max_length=64)
    agent_id = models.PositiveIntegerField()
    base = models.CharField(max_length=200)
    secret_digest = models.CharField(max_length=64, blank=True)
    token = models.CharField(max_length=600, blank=True)
    refresh_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    lease_owner = models.CharField(max_length=32, blank=True)
    lease_until = models.DateTimeField(null=True)
    blocked_until = models.DateTimeField(null=True)
    blocked_code = models.IntegerField(null=True)
    failing_since = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["corp_id", "agent_id", "base"], name="one_token_per_app")]

    def __str__(self):
        return f"{self.corp_id}/{self.agent_id}"


class CodeExchange(models.Model):
    """One way back from WeCom. Two unique digests burn the state and the code in one insert: whoever inserts first
    exchanges the code, everybody else finds the row and gets that one's result.
    """

    state_digest = models.CharField(max_length=64, unique=True)
    code_digest = models.CharField(max_length=64, unique=True, null=True)  # None: came back without a code
    outcome = models.CharField(max_length=16, blank=True)
    session_key = models.CharField(max_length=40, blank=True)
    created_at = models.DateTimeField(default=timezone.now, db_index=True)

    def __str__(self):
        return f"{self.created_at:%Y-%m-%d %H:%M:%S} {self.outcome}"


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
