"""Files on WeCom's side, three days each."""

from django.db import models
from django.utils import timezone


class SimulatedMedia(models.Model):
    media_id = models.CharField(max_length=128, unique=True)
    kind = models.CharField(max_length=8)  # image, voice, video, file
    name = models.CharField(max_length=255)
    content_type = models.CharField(max_length=127)
    content = models.BinaryField()
    created_at = models.DateTimeField(default=timezone.now, db_index=True)

    def __str__(self):
        return f"{self.kind} {self.name}"
