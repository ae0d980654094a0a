"""The file by which WeCom sees that a domain is ours."""

import re

from django.core.validators import RegexValidator
from django.db import models
from django.utils import timezone

NAME = r"WW_verify_[0-9A-Za-z]{1,64}\.txt"
LONGEST = 1024  # characters; WeCom's have some 16


class OwnershipFile(models.Model):
    """One `WW_verify_….txt` as an administrator got it from WeCom; it is served at the root of our host (WECOM 2)."""

    name = models.CharField(max_length=80, unique=True, validators=[RegexValidator(re.compile(rf"\A{NAME}\Z"))])
    content = models.CharField(max_length=LONGEST)
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self):
        return self.name
