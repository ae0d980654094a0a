"""What WeCom told us: a person's word in the app's chat, or an event."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from conversations.models import Message


class Inbound(models.Model):
    """One thing that WeCom told us, stored before it was answered; a copy of it finds `key` taken (WECOM 5).

    `kind`: WeCom's MsgType in small letters (text, image, voice, video, location, link, event …). `event`: for events
    its name in small letters, else empty. `fields`: the XML's other fields by their own names: text; a field with
    children is a dict, one that comes several times a list. `sent_at`: WeCom's CreateTime, whole seconds.

    `line`: who must be served in turn: the member in small letters, or for news of the directory whom it is about.
    `settled_at`: it is done with, and `outcome` says how, one word. `message`: what the person's word became.
    """

    key = models.CharField(max_length=64, unique=True, editable=False)
    corp_id = models.CharField(max_length=64, editable=False)
    agent_id = models.CharField(max_length=32, blank=True, editable=False)
    userid = models.CharField(_("成员"), max_length=128)
    line = models.CharField(max_length=200, editable=False)
    kind = models.CharField(_("类型"), max_length=32)
    event = models.CharField(_("事件"), max_length=64, blank=True)
    fields = models.JSONField(_("内容"), default=dict, blank=True)
    sent_at = models.DateTimeField(_("发出于"))
    received_at = models.DateTimeField(_("收到于"), default=timezone.now, db_index=True)
    claimed_until = models.DateTimeField(null=True, editable=False)
    settled_at = models.DateTimeField(_("处理于"), null=True)
    outcome = models.CharField(_("结果"), max_length=32, blank=True)
    message = models.ForeignKey(
        Message, models.SET_NULL, null=True, blank=True, related_name="inbound", verbose_name=_("消息")
    )

    class Meta:
        verbose_name = _("企业微信来信")
        verbose_name_plural = pgettext_lazy("plural", "企业微信来信")
        ordering = ["-id"]
        indexes = [
            # Whose turn it is: the few rows of one line that are not settled, oldest first.
            models.Index(fields=["line", "sent_at", "id"], condition=models.Q(settled_at=None), name="inbound_in_turn"),
        ]

    def __str__(self):
        return f"{self.userid} · {self.event or self.kind} #{self.pk}"

    def text(self, name):
        """The field `name` as text; what is absent, or no text, is empty."""
        value = self.fields.get(name, "")
        return value if isinstance(value, str) else ""
