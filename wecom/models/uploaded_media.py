"""Which of our files lie at WeCom, so that none goes up twice."""

from django.db import models

from conversations.models import Attachment


class UploadedMedia(models.Model):
    """WeCom keeps a file for three days under `media_id`; `kind` is what it was uploaded as."""

    attachment = models.OneToOneField(Attachment, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=8)
    media_id = models.CharField(max_length=256)
    uploaded_at = models.DateTimeField()

    def __str__(self):
        return f"{self.attachment_id} {self.kind}"
