"""Spent login codes."""

from django.db import models
from django.utils import timezone


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
