"""A file that is still on its way, in pieces."""

from django.conf import settings
from django.db import models


class Upload(models.Model):
    """Its id is the page's, so that a lost answer costs nothing; the file's attachment takes it over, and the row goes.

    `received`: bytes that lie in the file of `partials.py`, of `size` that its page has announced; `checksum`: CRC-32 of
    these bytes as they came in.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    name = models.CharField(max_length=255)
    size = models.PositiveBigIntegerField()
    received = models.PositiveBigIntegerField(default=0)
    checksum = models.BigIntegerField(default=0)
    created_at = models.DateTimeField()

    def __str__(self):
        return f"{self.name} {self.received}/{self.size}"
