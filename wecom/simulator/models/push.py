"""What WeCom has posted, or tried to post, to the app's callback address."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class SimulatedPush(models.Model):
    """One callback. `xml` is the plain message; `query` and `envelope` are what every try sends, byte for byte.

    `shown`: what the member's phone shows of it, None for events. `twist`: how it was spoilt on purpose, a word of
    `twists.py`. `answer`: how the app answered the last try; `seconds`: how long that took.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("正在送出")
        TAKEN = "taken", _("已送达")
        LOST = "lost", _("没有送达")

    userid = models.CharField(max_length=64, blank=True)  # lower case; empty: from the system
    kind = models.CharField(max_length=40)
    xml = models.TextField()
    shown = models.JSONField(null=True)
    query = models.JSONField(default=dict)
    envelope = models.TextField(blank=True)
    twist = models.CharField(max_length=24, blank=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    tries = models.PositiveIntegerField(default=0)
    answer = models.CharField(max_length=200, blank=True)
    seconds = models.FloatField(null=True)
    created_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        indexes = [models.Index(fields=["userid", "created_at"], name="simulated_typed")]

    def __str__(self):
        return f"{self.kind} of {self.userid or 'sys'}: {self.state}"
