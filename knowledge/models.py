"""Articles that people and the assistant can find, with every version of their words."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Topic(models.Model):
    """Under which articles stand in the list, for example 网络与 VPN."""

    name = models.CharField(_("名称"), max_length=64, unique=True)
    position = models.PositiveSmallIntegerField(_("次序"), default=100)

    class Meta:
        verbose_name = _("主题")
        verbose_name_plural = pgettext_lazy("plural", "主题")
        ordering = ["position", "id"]

    def __str__(self):
        return self.name


class Article(models.Model):
    """What one question needs. `content` is Markdown; `keywords` are other words that people ask with.

    Found and read while it is published and not past `expires_on`. `version` counts the changes of its words; each is
    kept as a `Version`, so that a citation can be checked against what the article said then.
    """

    class Audience(models.TextChoices):
        EVERYONE = "everyone", _("所有人")
        AGENTS = "agents", _("仅客服")

    class State(models.TextChoices):
        DRAFT = "draft", _("草稿")
        PUBLISHED = "published", _("已发布")

    title = models.CharField(_("标题"), max_length=120)
    keywords = models.CharField(
        _("关键词"), max_length=300, blank=True, help_text=_("员工会用到的其他说法，用空格分开；只用来查找")
    )
    content = models.TextField(_("内容"), max_length=40_000, help_text=_("Markdown"))
    topic = models.ForeignKey(Topic, models.PROTECT, related_name="articles", verbose_name=_("主题"))
    audience = models.CharField(_("给谁看"), max_length=16, choices=Audience.choices, default=Audience.EVERYONE)
    state = models.CharField(_("状态"), max_length=16, choices=State.choices, default=State.DRAFT)
    review_on = models.DateField(_("复核日期"), null=True, blank=True)
    expires_on = models.DateField(_("过期日期"), null=True, blank=True, help_text=_("从这一天起不再显示"))
    version = models.PositiveIntegerField(_("版本"), default=0, editable=False)
    updated_at = models.DateTimeField(_("更新于"), default=timezone.now, editable=False, db_index=True)

    class Meta:
        verbose_name = _("文章")
        verbose_name_plural = pgettext_lazy("plural", "文章")
        ordering = ["topic", "title", "id"]

    def __str__(self):
        return self.title


class Version(models.Model):
    """The words of an article as they were. Rows are only ever added."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="versions", verbose_name=_("文章"))
    number = models.PositiveIntegerField(_("版本"))
    title = models.CharField(_("标题"), max_length=120)
    content = models.TextField(_("内容"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("修改人")
    )
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = _("文章版本")
        verbose_name_plural = pgettext_lazy("plural", "文章版本")
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["article", "number"], name="one_version_per_number")]

    def __str__(self):
        return f"{self.title} v{self.number}"


class Verdict(models.Model):
    """Whether an article helped somebody; the last word of each person counts."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="verdicts")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    helped = models.BooleanField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["article", "person"], name="one_verdict_per_reader")]

    def __str__(self):
        return f"{self.article_id} {'+' if self.helped else '-'}"
