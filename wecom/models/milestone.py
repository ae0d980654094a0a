"""What has been seen to work at least once, for the set-up page."""

from datetime import timedelta

from django.db import models
from django.utils import timezone

MINUTE = timedelta(minutes=1)


class Milestone(models.Model):
    """When something that only WeCom itself can bring about was last seen: nobody can test it by a call of ours."""

    class Name(models.TextChoices):
        IN_APP_LOGIN = "in_app_login"
        WEB_LOGIN = "web_login"

    name = models.CharField(max_length=32, unique=True)
    seen_at = models.DateTimeField(default=timezone.now)

    def __str__(self):
        return self.name

    @classmethod
    def reached(cls, name):
        """Remember that `name` has just worked; to the minute, so that a busy morning does not write it each time."""
        now = timezone.now()
        if cls.objects.filter(name=name).exists():
            cls.objects.filter(name=name, seen_at__lt=now - MINUTE).update(seen_at=now)
        else:
            cls.objects.bulk_create([cls(name=name, seen_at=now)], ignore_conflicts=True)
