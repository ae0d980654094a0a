"""The simulator's own log, and how often each API was called altogether."""

from django.db import models
from django.utils import timezone


class SimulatedCall(models.Model):
    """One line of the log: a call of the server API, a callback ("callback …") or a call of the page's bridge ("js …").

    `detail`: what was sent, without tokens, for whoever opens the line.
    """

    at = models.DateTimeField(default=timezone.now)
    api = models.CharField(max_length=64)
    errcode = models.CharField(max_length=16)
    note = models.CharField(max_length=300, blank=True)
    detail = models.TextField(blank=True)

    def __str__(self):
        return f"{self.api} {self.errcode}"


class SimulatedTally(models.Model):
    """The log forgets, this does not."""

    api = models.CharField(max_length=64, unique=True)
    calls = models.PositiveIntegerField(default=0)

    def __str__(self):
        return f"{self.api}: {self.calls}"
