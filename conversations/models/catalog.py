"""What administrators set up: groups of agents, categories, canned replies and the words of the desk."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Group(models.Model):
    """A team of agents, for example 网络组."""

    name = models.CharField(_("名称"), max_length=64, unique=True)
    agents = models.ManyToManyField(
        settings.AUTH_USER_MODEL, related_name="agent_groups", blank=True, verbose_name=_("成员")
    )

    class Meta:
        verbose_name = _("客服组")
        verbose_name_plural = pgettext_lazy("plural", "客服组")
        ordering = ["name"]

    def __str__(self):
        return self.name


class Category(models.Model):
    """What a request is about; decides the group that sees it first."""

    code = models.SlugField(_("代码"), max_length=32, unique=True)
    name = models.CharField(_("名称"), max_length=64)
    group = models.ForeignKey(
        Group, models.PROTECT, null=True, blank=True, related_name="categories", verbose_name=_("客服组")
    )
    position = models.PositiveSmallIntegerField(_("次序"), default=100)
    active = models.BooleanField(_("启用"), default=True)

    class Meta:
        verbose_name = _("类别")
        verbose_name_plural = pgettext_lazy("plural", "类别")
        ordering = ["position", "id"]

    def __str__(self):
        return self.name


class CannedReply(models.Model):
    """A text that agents insert by typing `/` and its shortcut or some of its words."""

    shortcut = models.SlugField(_("快捷码"), max_length=32, unique=True)
    title = models.CharField(_("标题"), max_length=64)
    content = models.TextField(_("内容"), max_length=8000)
    position = models.PositiveSmallIntegerField(_("次序"), default=100)
    active = models.BooleanField(_("启用"), default=True)

    class Meta:
        verbose_name = pgettext_lazy("singular", "常用语")
        verbose_name_plural = pgettext_lazy("plural", "常用语")
        ordering = ["position", "id"]

    def __str__(self):
        return self.title


class DeskWords(models.Model):
    """What the desk says of itself; exactly one row (pk 1), made with the first roles."""

    greeting = models.TextField(_("问候语"), max_length=500)
    greeting_en = models.TextField(_("问候语（英文）"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("服务台文字")
        verbose_name_plural = _("服务台文字")

    def __str__(self):
        return str(_("服务台文字"))


class AssistantSwitch(models.Model):
    """Whether the assistant answers first; one row (pk 1), and none means yes. `switch_assistant` alone writes it."""

    on = models.BooleanField(_("智能助手先回答"), default=True)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("修改人")
    )
    changed_at = models.DateTimeField(_("时间"), null=True, editable=False)

    class Meta:
        verbose_name = _("智能助手开关")
        verbose_name_plural = _("智能助手开关")

    def __str__(self):
        return str(_("智能助手开关"))
