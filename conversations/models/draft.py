"""What somebody has begun to write and not sent."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from .conversation import Conversation


class Draft(models.Model):
    """One per person and conversation, and one without a conversation for a new request. Its author's alone.

    `revision` rises with every change, and with the sending that empties it: the row then stays, so that a saving
    which was late on its way finds that it is late. `draft_id` is the name that one page gave to the words it began;
    `step` counts that page's savings of them, and is `SENT` once they were sent. `based_on_seq`: the newest line that
    stood on screen when an agent began to answer.
    """

    SENT = 2_147_483_647

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    conversation = models.ForeignKey(Conversation, models.CASCADE, null=True, related_name="drafts")
    draft_id = models.UUIDField(default=uuid.uuid4)
    step = models.PositiveIntegerField(default=0)
    revision = models.PositiveIntegerField(default=0)
    content = models.TextField(blank=True)
    internal = models.BooleanField(default=False)
    based_on_seq = models.PositiveIntegerField(null=True)
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "conversation"], name="one_draft_per_conversation"),
            models.UniqueConstraint(fields=["user"], condition=Q(conversation=None), name="one_draft_of_a_new_request"),
        ]

    def __str__(self):
        return f"{self.user_id} · {self.conversation_id} r{self.revision}"
