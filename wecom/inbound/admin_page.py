"""What came in through the callback and what became of it, to look at and not to change."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from accounts.admin import ReadOnly

from ..models import Inbound
from . import outcomes


@admin.register(Inbound)
class InboundAdmin(ReadOnly):
    list_display = ["userid", "kind", "event", "told", "sent_at", "received_at", "settled_at"]
    list_filter = ["kind", "event", "outcome", "received_at"]
    search_fields = ["userid"]
    # Not `fields`: what a person wrote is in their conversation, and what a card carries opens it.
    fields = readonly_fields = ["userid", "kind", "event", "told", "message", "sent_at", "received_at", "settled_at"]
    ordering = ["-id"]
    show_full_result_count = False

    @admin.display(description=_("结果"))
    def told(self, entry):
        return outcomes.sentence(entry.outcome) if entry.settled_at else _("等待处理")
