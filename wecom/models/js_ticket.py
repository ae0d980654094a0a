"""The tickets that sign addresses for the JS-SDK."""

from django.db import models


class JsTicket(models.Model):
    """One ticket, shared by all processes; nothing but `tickets.Ticket` writes here.

    `kind`: corp or app. `lease_owner` until `lease_until`: who is fetching a new one, or, after a failure, nobody.
    """

    corp_id = models.CharField(max_length=64)
    agent_id = models.PositiveIntegerField()
    base = models.CharField(max_length=200)
    kind = models.CharField(max_length=8)
    ticket = models.CharField(max_length=600, blank=True)
    fetched_at = models.DateTimeField(null=True)
    refresh_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    lease_owner = models.CharField(max_length=32, blank=True)
    lease_until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["corp_id", "agent_id", "base", "kind"], name="one_ticket_of_a_kind")
        ]

    def __str__(self):
        return f"{self.corp_id}/{self.agent_id} {self.kind}"
