"""What came of comparing our people with WeCom's directory."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class DirectoryRun(models.Model):
    """One nightly comparison, or any look that ended somebody's access or would have.

    `held`: more people would have lost access than is plausible; nobody did, and an administrator decides. Such a row is
    open until it becomes `released` (they went after all) or `passed` (WeCom shows them again). `people`: userids of who
    went, or would have.
    """

    class Occasion(models.TextChoices):
        NIGHT = "night", _("每夜同步")
        CHECK = "check", _("定时核对")
        EVENT = "event", _("通讯录事件")

    class Outcome(models.TextChoices):
        DONE = "done", _("完成")
        HELD = "held", _("等待管理员确认")
        RELEASED = "released", _("已确认停用")
        PASSED = "passed", _("已恢复可见，无需处理")

    occasion = models.CharField(_("由来"), max_length=8, choices=Occasion.choices)
    outcome = models.CharField(_("结果"), max_length=8, choices=Outcome.choices)
    at = models.DateTimeField(_("时间"), default=timezone.now)
    looked_at = models.PositiveIntegerField(_("核对人数"), default=0)
    changed = models.PositiveIntegerField(_("更新资料"), default=0)
    people = models.JSONField(_("离职或不可见"), default=list, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("确认人")
    )
    decided_at = models.DateTimeField(_("确认时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("通讯录同步")
        verbose_name_plural = pgettext_lazy("plural", "通讯录同步")
        ordering = ["-id"]
        constraints = [
            # Two workers that hold the same people raise one alarm.
            models.UniqueConstraint(fields=["outcome"], condition=models.Q(outcome="held"), name="one_open_alarm")
        ]

    def __str__(self):
        return f"{self.get_occasion_display()} {self.at:%Y-%m-%d %H:%M}"
