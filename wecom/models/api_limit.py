"""Which of WeCom's calls must wait, and until when."""

from django.db import models


class ApiLimit(models.Model):
    """WeCom answered 45009 to this call: no process makes it before `until`. `limits.py` alone writes here."""

    corp_id = models.CharField(max_length=64)
    agent_id = models.PositiveIntegerField()
    base = models.CharField(max_length=200)
    api = models.CharField(max_length=64)
    until = models.DateTimeField()
    seconds = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["corp_id", "agent_id", "base", "api"], name="one_limit_per_api")]

    def __str__(self):
        return self.api
