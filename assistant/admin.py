"""What the assistant was asked and what became of it, to look at and not to change."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from .models import Turn


@admin.register(Turn)
class TurnAdmin(admin.ModelAdmin):
    list_display = ["at", "question", "provider", "outcome", "took_ms"]
    list_filter = ["outcome", "provider"]
    list_select_related = ["message"]
    fields = readonly_fields = ["at", "question", "provider", "outcome", "reason", "took_ms"]
    ordering = ["-id"]
    show_full_result_count = False

    @admin.display(description=_("问题"))
    def question(self, turn):
        return turn.message.content[:120]

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
