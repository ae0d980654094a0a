"""What the assistant was asked and what became of it, to look at and not to change."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from conversations.admin import Log

from .models import Turn


@admin.register(Turn)
class TurnAdmin(Log):
    list_display = ["at", "question", "provider", "outcome", "took_ms"]
    list_filter = ["outcome", "provider"]
    list_select_related = ["message"]
    fields = readonly_fields = ["at", "question", "provider", "outcome", "reason", "took_ms"]
    ordering = ["-id"]

    @admin.display(description=_("问题"))
    def question(self, turn):
        return turn.message.content[:120]
