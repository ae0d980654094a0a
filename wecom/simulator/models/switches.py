"""What can be turned at the simulator, by hand or by a test."""

from django.db import models


class Fault(models.Model):
    """The switches; exactly one row (pk 1). `slow_seconds`: the work is done, but the answer comes that much later.

    `rules`: name of a switch in `rules.py` → the choice that holds, only where it is not the first one.
    """

    down = models.BooleanField(default=False)
    slow_seconds = models.FloatField(default=0)
    busy = models.BooleanField(default=False)
    stale_once = models.BooleanField(default=False)
    limited = models.BooleanField(default=False)
    rules = models.JSONField(default=dict, blank=True)

    def __str__(self):
        return "faults"

    @classmethod
    def now(cls):
        return cls.objects.filter(pk=1).first() or cls(pk=1)


class SimulatedError(models.Model):
    """The next `left` calls of `api` ("*": of any) answer `errcode`, whatever they ask."""

    api = models.CharField(max_length=64)
    errcode = models.IntegerField()
    left = models.PositiveIntegerField(default=1)

    def __str__(self):
        return f"{self.api} → {self.errcode} × {self.left}"
