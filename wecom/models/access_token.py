"""The access token that all processes share."""

from django.db import models


class AccessToken(models.Model):
    """The one token of one app at one base address, shared by all processes; `tokens.py` alone writes here.

    `lease_owner` until `lease_until`: who is fetching a new one. `blocked_until`: no call at all (wrong secret).
    `failing_since`: when the connection last went from working to failing; None while it works. `failing_code`: what
    WeCom answered last, `failing_ip`: the address that it saw us come from.
    """

    corp_id = models.CharField(max_length=64)
    agent_id = models.PositiveIntegerField()
    base = models.CharField(max_length=200)
    secret_digest = models.CharField(max_length=64, blank=True)
    token = models.CharField(max_length=600, blank=True)
    refresh_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    lease_owner = models.CharField(max_length=32, blank=True)
    lease_until = models.DateTimeField(null=True)
    blocked_until = models.DateTimeField(null=True)
    blocked_code = models.IntegerField(null=True)
    failing_since = models.DateTimeField(null=True)
    failing_code = models.CharField(max_length=16, blank=True)
    failing_ip = models.GenericIPAddressField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["corp_id", "agent_id", "base"], name="one_token_per_app")]

    def __str__(self):
        return f"{self.corp_id}/{self.agent_id}"
