"""What the simulated WeCom remembers. The tables stay empty where the simulator is off."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class SimulatedToken(models.Model):
    token = models.CharField(max_length=200, unique=True)
    expires_at = models.DateTimeField()

    def __str__(self):
        return f"until {self.expires_at:%H:%M:%S}"


class SimulatedCode(models.Model):
    """A login code for one member, or for an outsider (`userid` empty). `address` is the whole redirect, for replays."""

    code = models.CharField(max_length=64, unique=True)
    userid = models.CharField(max_length=64, blank=True)
    address = models.TextField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    def __str__(self):
        return self.userid or "outsider"


class SimulatedMessage(models.Model):
    """One app message for one member. WeCom tells the app nothing of the last two fates."""

    class Fate(models.TextChoices):
        ARRIVED = "arrived", _("送达")
        DUPLICATE = "duplicate", _("重复，没有再送")
        DROPPED = "dropped", _("超过频率，丢弃")

    userid = models.CharField(max_length=64)  # lower case
    msgid = models.CharField(max_length=64)
    request_digest = models.CharField(max_length=64, db_index=True)
    body = models.JSONField()
    fate = models.CharField(max_length=16, choices=Fate.choices)
    sent_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["userid", "fate", "sent_at"], name="simulated_phone")]

    def __str__(self):
        return f"{self.userid} {self.fate}"


class SimulatedCall(models.Model):
    """One line of the simulator's own log."""

    at = models.DateTimeField(default=timezone.now)
    api = models.CharField(max_length=40)
    errcode = models.CharField(max_length=16)
    note = models.CharField(max_length=300, blank=True)

    def __str__(self):
        return f"{self.api} {self.errcode}"


class Fault(models.Model):
    """The switches; exactly one row (pk 1). `slow_seconds`: the work is done, but the answer comes that much later."""

    down = models.BooleanField(default=False)
    slow_seconds = models.FloatField(default=0)
    busy = models.BooleanField(default=False)
    stale_once = models.BooleanField(default=False)
    limited = models.BooleanField(default=False)

    def __str__(self):
        return "faults"

    @classmethod
    def now(cls):
        return cls.objects.filter(pk=1).first() or cls(pk=1)
