"""What has happened to members of the demo company since it was written down in `members.py`."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class SimulatedMember(models.Model):
    """`userid` in lower case; `name` empty while it is still the first one."""

    class State(models.TextChoices):
        ACTIVE = "active", _("在职")
        LEFT = "left", _("已离职")
        DISABLED = "disabled", _("已停用")
        HIDDEN = "hidden", _("不在可见范围")
        UNLICENSED = "unlicensed", _("没有接口许可")

    userid = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=16, choices=State.choices, default=State.ACTIVE)

    def __str__(self):
        return f"{self.userid} {self.state}"
