"""Who sends to whom now, and when nobody does."""

from django.conf import settings
from django.db import models


class SendingLine(models.Model):
    """One person's messages leave one after the other: whoever holds `lease_owner` sends them until `lease_until`."""

    person = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    lease_owner = models.CharField(max_length=32, blank=True)
    lease_until = models.DateTimeField(null=True)

    def __str__(self):
        return f"{self.person_id} {self.lease_owner}"


class Pause(models.Model):
    """The one row (pk 1) that says until when nobody need try, because WeCom answers nobody."""

    until = models.DateTimeField()
    reason = models.CharField(max_length=32)

    def __str__(self):
        return f"{self.reason} until {self.until:%H:%M:%S}"
