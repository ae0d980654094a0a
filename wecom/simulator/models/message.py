"""What apps have sent to members, and the codes with which a card can be changed later."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class SimulatedMessage(models.Model):
    """One app message for one member. WeCom tells the app nothing of the last two fates.

    `card`: what an update put in the place of the card that was sent, else None. `greyed`: the word on its buttons
    after they were used up. `recalled_at`: the phone shows a line in its place.
    """

    class Fate(models.TextChoices):
        ARRIVED = "arrived", _("送达")
        DUPLICATE = "duplicate", _("重复，没有再送")
        DROPPED = "dropped", _("超过频率，丢弃")

    userid = models.CharField(max_length=64)  # lower case
    msgid = models.CharField(max_length=64, db_index=True)
    request_digest = models.CharField(max_length=64, db_index=True)
    body = models.JSONField()
    fate = models.CharField(max_length=16, choices=Fate.choices)
    sent_at = models.DateTimeField(default=timezone.now, db_index=True)
    task_id = models.CharField(max_length=128, blank=True, db_index=True)
    card = models.JSONField(null=True)
    greyed = models.CharField(max_length=64, blank=True)
    recalled_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        indexes = [models.Index(fields=["userid", "fate", "sent_at"], name="simulated_phone")]

    def __str__(self):
        return f"{self.userid} {self.fate}"


class SimulatedResponse(models.Model):
    """A `response_code`: lets the app change the card of one `msgid`, once, within 72 hours."""

    code = models.CharField(max_length=128, unique=True)
    msgid = models.CharField(max_length=64)
    issued_at = models.DateTimeField(default=timezone.now)
    used_at = models.DateTimeField(null=True)

    def __str__(self):
        return f"of {self.msgid[:8]}"
