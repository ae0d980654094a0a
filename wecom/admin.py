"""What became of each push, to look at and not to change."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from .models import Delivery


@admin.register(Delivery)
class DeliveryAdmin(admin.ModelAdmin):
    list_display = ["person", "state", "why", "attempts", "created_at", "tried_at", "ended_at"]
    list_filter = ["state", "created_at"]
    list_select_related = ["person"]
    search_fields = ["person__name", "person__userid", "msgid"]
    fields = [
        "person",
        "message",
        "state",
        "reason",
        "attempts",
        "msgid",
        "request",
        "created_at",
        "tried_at",
        "ended_at",
    ]
    ordering = ["-id"]
    show_full_result_count = False

    @admin.display(description=_("原因"))
    def why(self, delivery):
        return delivery.why

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
