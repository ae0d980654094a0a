"""What is to be done later (Job), and the sign that somebody is there to do it (WorkerBeat)."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Job(models.Model):
    """One call of a named handler. `attempts` counts at the claim: a job that kills its worker runs out of them.

    `lease` is the token of the run that holds the job until `lease_until`; only that run may write its end. A job with
    a `unique_key` stays as done until it is pruned: deleting it sooner would free the key and let the slot run again.
    """

    class State(models.TextChoices):
        READY = "ready", _("待执行")
        RUNNING = "running", _("执行中")
        DONE = "done", _("已完成")
        DEAD = "dead", _("已放弃")

    name = models.CharField(_("任务"), max_length=64)
    args = models.JSONField(_("参数"), default=dict, blank=True, encoder=DjangoJSONEncoder)
    state = models.CharField(_("状态"), max_length=8, choices=State.choices, default=State.READY)
    run_at = models.DateTimeField(_("执行时间"))
    attempts = models.PositiveSmallIntegerField(_("已试次数"), default=0)
    max_attempts = models.PositiveSmallIntegerField(_("最多次数"))
    lease = models.UUIDField(null=True, blank=True)
    lease_until = models.DateTimeField(_("占用至"), null=True, blank=True)
    unique_key = models.CharField(_("唯一键"), max_length=200, null=True, blank=True, unique=True)
    error = models.TextField(_("错误"), blank=True)
    created_at = models.DateTimeField(_("创建时间"))
    finished_at = models.DateTimeField(_("结束时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("任务")
        verbose_name_plural = pgettext_lazy("plural", "任务")
        ordering = ["-id"]
        indexes = [models.Index(fields=["state", "run_at"], name="job_due")]

    def __str__(self):
        return f"{self.name} #{self.pk}"


class WorkerBeat(models.Model):
    """The one row (pk 1) that every living worker touches every ten seconds; readiness reads it."""

    seen_at = models.DateTimeField()

    def __str__(self):
        return str(self.seen_at)
