"""Tokens, tickets and login codes that were given out."""

from django.db import models


class SimulatedToken(models.Model):
    token = models.CharField(max_length=200, unique=True)
    expires_at = models.DateTimeField()

    def __str__(self):
        return f"until {self.expires_at:%H:%M:%S}"


class SimulatedTicket(models.Model):
    """`kind`: "corp" (get_jsapi_ticket) or "agent" (ticket/get?type=agent_config)."""

    kind = models.CharField(max_length=8)
    ticket = models.CharField(max_length=200, unique=True)
    expires_at = models.DateTimeField()

    def __str__(self):
        return f"{self.kind} until {self.expires_at:%H:%M:%S}"


class SimulatedCode(models.Model):
    """A login code for one member, or for an outsider (`userid` empty). `address` is the whole redirect, for replays."""

    code = models.CharField(max_length=64, unique=True)
    userid = models.CharField(max_length=64, blank=True)
    address = models.TextField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    def __str__(self):
        return self.userid or "outsider"
