"""A picture that comes by way of WeCom's own picker."""

from django.conf import settings
from django.db import models
from django.utils import timezone


class PhonePicture(models.Model):
    """Named by the page that chose it, so that a lost answer costs nothing; what it becomes is an attachment of that id.

    `media_id`: where WeCom keeps it for three days. `reason`: why it did not come, a word of `pictures.py`.
    """

    class State(models.TextChoices):
        WAITING = "waiting"
        STORED = "stored"
        FAILED = "failed"

    id = models.UUIDField(primary_key=True, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    media_id = models.CharField(max_length=512)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    reason = models.CharField(max_length=32, blank=True)
    created_at = models.DateTimeField(default=timezone.now, db_index=True)

    def __str__(self):
        return f"{self.pk} {self.state}"
