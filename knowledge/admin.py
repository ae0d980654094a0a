"""Where articles are written: with a live preview, and every version with what it changed."""

from django.contrib import admin
from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from . import commands, queries
from .models import Article, Topic, Version


@admin.register(Topic)
class TopicAdmin(admin.ModelAdmin):
    list_display = ["name", "position"]
    list_editable = ["position"]


class DueFilter(admin.SimpleListFilter):
    title = _("复核")
    parameter_name = "due"

    def lookups(self, request, model_admin):
        return [("yes", _("到期待复核"))]

    def queryset(self, request, queryset):
        return queryset.filter(review_on__lte=timezone.localdate()) if self.value() == "yes" else queryset


class VersionInline(admin.TabularInline):
    model = Version
    fields = readonly_fields = ["number", "at", "by", "changed"]
    extra = 0
    can_delete = False
    ordering = ["-number"]
    classes = ["collapse"]

    @admin.display(description=_("改动"))
    def changed(self, version):
        lines = format_html_join("\n", "{}{}", queries.changes(version))
        return format_html('<pre class="knowledge-changes" tabindex="0">{}</pre>', lines)

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False


@admin.register(Article)
class ArticleAdmin(admin.ModelAdmin):
    list_display = ["title", "topic", "audience", "state", "version", "updated_at", "review_on", "helped", "not_helped"]
    list_filter = ["state", "audience", "topic", DueFilter]
    list_select_related = ["topic"]
    search_fields = ["title", "keywords", "content"]
    fields = [("title", "topic"), "keywords", ("state", "audience"), ("review_on", "expires_on"), "content", "shown"]
    readonly_fields = ["shown"]
    inlines = [VersionInline]
    ordering = ["-updated_at"]

    class Media:
        css = {"all": ["css/knowledge_admin.css"]}
        js = ["vendor/htmx.org-2.0.11/htmx.min.js"]

    def get_queryset(self, request):
        said = super().get_queryset(request)
        return said.annotate(
            yes=Count("verdicts", Q(verdicts__helped=True)), no=Count("verdicts", Q(verdicts__helped=False))
        )

    @admin.display(description=_("有帮助"), ordering="yes")
    def helped(self, article):
        return article.yes

    @admin.display(description=_("没帮助"), ordering="no")
    def not_helped(self, article):
        return article.no

    @admin.display(description=_("预览"))
    def shown(self, article):
        """Filled by HTMX from what stands in the field, whether saved or not."""
        return format_html(
            '<div class="knowledge-preview article" hx-post="{}" hx-include="#id_content, [name=csrfmiddlewaretoken]" '
            'hx-trigger="load, input changed delay:400ms from:#id_content"></div>',
            reverse("knowledge:preview"),
        )

    def save_model(self, request, obj, form, change):
        commands.save_article(obj, by=request.user)
