"""What an agent wants to hear of outside the console, and whether their console is in front of them."""

from django.conf import settings
from django.db import models


class AlertSettings(models.Model):
    """One per agent who changed anything; without a row everything is told. Quiet from `quiet_from` to `quiet_until`,
    both or neither, perhaps over midnight: what comes then waits for its end."""

    KINDS = ("queued", "assigned", "mentioned", "urged")

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="alert_settings")
    queued = models.BooleanField(default=True)
    assigned = models.BooleanField(default=True)
    mentioned = models.BooleanField(default=True)
    urged = models.BooleanField(default=True)
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_until = models.TimeField(null=True, blank=True)

    def __str__(self):
        return f"{self.user_id}"


class ConsoleSight(models.Model):
    """A console of this agent is visible until then: a lease that the page renews."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    until = models.DateTimeField()

    def __str__(self):
        return f"{self.user_id} until {self.until:%H:%M:%S}"
