"""What happened to a conversation, in order; reports, SLA and "why is it here" read only this."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .conversation import Conversation


class Event(models.Model):
    """Rows are only ever added (`events.record`). `kind` is noun.verb in the past tense."""

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="events", verbose_name=_("对话"))
    version = models.PositiveIntegerField()
    kind = models.CharField(_("事件"), max_length=40)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("操作人")
    )
    facts = models.JSONField(_("细节"), default=dict, blank=True)
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = _("事件")
        verbose_name_plural = pgettext_lazy("plural", "事件")
        ordering = ["id"]

    def __str__(self):
        return self.kind
