"""What an employee said of one resolution of their request."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ..wording import WORDS_CHARS
from .conversation import Conversation


class Feedback(models.Model):
    """One row for one resolution: `epoch` is the conversation's while that resolution was in force.

    A request that is opened and resolved again gets another row, so that an old card can never speak of a newer
    resolution. `agent`: who was responsible when it was resolved. `rated_at`: of the first score, from which the time
    in which it may be changed counts.
    """

    class Verdict(models.TextChoices):
        SOLVED = "solved", _("已解决")
        UNSOLVED = "unsolved", _("没解决")

    class Score(models.IntegerChoices):
        GOOD = 3, _("满意")
        FAIR = 2, _("一般")
        BAD = 1, _("不满意")

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="feedbacks", verbose_name=_("对话"))
    epoch = models.PositiveIntegerField()
    agent = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("负责人")
    )
    verdict = models.CharField(_("是否解决"), max_length=16, choices=Verdict.choices, blank=True)
    answered_at = models.DateTimeField(_("回答于"), null=True, blank=True)
    score = models.PositiveSmallIntegerField(_("评价"), choices=Score.choices, null=True, blank=True)
    words = models.CharField(_("留言"), max_length=WORDS_CHARS, blank=True)
    rated_at = models.DateTimeField(_("评价于"), null=True, blank=True)

    class Meta:
        verbose_name = _("反馈")
        verbose_name_plural = pgettext_lazy("plural", "反馈")
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["conversation", "epoch"], name="one_feedback_per_resolution")]

    @property
    def score_name(self):
        """`good`, `fair`, `bad`, or nothing; for signs."""
        return self.Score(self.score).name.lower() if self.score else ""

    def __str__(self):
        return f"{self.conversation_id} · {self.epoch}"
