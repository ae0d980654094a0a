"""One request of one employee, from the first word to the last."""

import uuid
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ..states import Status
from .catalog import Category, Group

CALM_SHIFT = timedelta(days=36_525)


class Conversation(models.Model):
    """`last_seq`, `last_public_seq` and `version` change only under this row's lock (ARCHITECTURE 1.2).

    A note takes a `seq`; a picture of a note that became ready takes a `version` as well. Its employee hears of neither:
    `silent_changes` counts the versions since the last change that they may hear of (`public_version`).
    `epoch` rises with each hand-over and reopening; work begun under an older epoch is late and is dropped.
    `waiting_since` is the time of the oldest employee message that no person has answered yet, else None; whoever is
    in the queue waits. `last_message_at` and `last_line` know public messages only: an employee sees both.
    `order_at` is the inbox's order in one indexable column: `waiting_since`, or, when nobody waits, the last message's
    time a century later (NULLS LAST cannot be indexed on SQLite). Whoever urged (`urged_at`) and still waits stands a
    century earlier: before all others, and among themselves by their wait. Both are set by `waits` only.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    employee = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="conversations", verbose_name=_("员工")
    )
    status = models.CharField(_("状态"), max_length=16, choices=Status.choices)
    assigned_agent = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("负责人")
    )
    group = models.ForeignKey(Group, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("客服组"))
    category = models.ForeignKey(
        Category, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("类别")
    )

    subject = models.CharField(_("主题"), max_length=80)
    last_line = models.CharField(_("最后一句"), max_length=120, blank=True)
    last_seq = models.PositiveIntegerField(default=0)
    last_public_seq = models.PositiveIntegerField(default=0)
    version = models.PositiveIntegerField(default=0)
    silent_changes = models.PositiveIntegerField(default=0)
    epoch = models.PositiveIntegerField(default=0)

    created_at = models.DateTimeField(_("开始"))
    last_message_at = models.DateTimeField(_("最近消息"))
    waiting_since = models.DateTimeField(_("等待自"), null=True, blank=True)
    order_at = models.DateTimeField()
    urged_at = models.DateTimeField(_("催单于"), null=True, blank=True)
    resolved_at = models.DateTimeField(_("解决于"), null=True, blank=True)

    class Meta:
        verbose_name = _("对话")
        verbose_name_plural = pgettext_lazy("plural", "对话")
        ordering = ["-last_message_at", "id"]
        indexes = [
            # Each list of the inbox: its filter, then its order (queries/inbox.py).
            models.Index(fields=["status", "order_at", "id"], name="conv_by_status"),
            models.Index(fields=["assigned_agent", "status", "order_at", "id"], name="conv_by_agent"),
            models.Index(fields=["status", "-resolved_at", "id"], name="conv_by_resolution"),
            models.Index(fields=["employee", "-last_message_at"], name="conv_by_employee"),
        ]

    def __str__(self):
        return self.subject

    @property
    def public_version(self):
        """The version as its employee knows it."""
        return self.version - self.silent_changes

    def changes(self, internal=False):
        """A change of something that agents alone see (`internal`), or that both sides see. The caller saves."""
        self.version += 1
        self.silent_changes = self.silent_changes + 1 if internal else 0

    def waits(self, since):
        """Set since when the employee waits (None: nobody waits). The caller saves."""
        self.waiting_since = since
        self.order_at = (since - CALM_SHIFT if self.is_urged else since) or self.last_message_at + CALM_SHIFT

    @property
    def is_urged(self):
        """Whether its employee asked to hurry and nobody has answered since."""
        return bool(self.urged_at and self.waiting_since and self.urged_at >= self.waiting_since)

    @property
    def feedback(self):
        """What its employee said of the resolution in force (models.Feedback), or None. One query unless prefetched."""
        if self.status != Status.RESOLVED:
            return None
        return next((each for each in self.feedbacks.all() if each.epoch == self.epoch), None)


class ReadMark(models.Model):
    """How far one person has seen one conversation; unread is `last_seq − read_seq` (ARCHITECTURE 1.12).

    `shown_seq`: how far a visible page has shown it. Whoever looks at older lines has read less, and needs no card.
    """

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="read_marks")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    read_seq = models.PositiveIntegerField(default=0)
    shown_seq = models.PositiveIntegerField(default=0)
    read_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["conversation", "user"], name="one_mark_per_reader")]

    def __str__(self):
        return f"{self.user_id} ≤ {self.read_seq}"
