"""What became of each push, to look at and not to change."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from . import directory_admin  # noqa: F401  (registers its page)
from .inbound import admin_page  # noqa: F401  (likewise)
from .models import Delivery, DeliveryTry


class TryInline(admin.TabularInline):
    model = DeliveryTry
    fields = readonly_fields = ["at", "what", "how_it_ended", "ended_at"]
    extra = 0

    @admin.display(description=_("结果"))
    def how_it_ended(self, one):
        return f"{one.why} ({one.outcome})" if one.outcome and one.outcome not in one.why else one.why

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(Delivery)
class DeliveryAdmin(admin.ModelAdmin):
    list_display = ["person", "kind", "state", "why", "recall", "attempts", "created_at", "tried_at", "ended_at"]
    list_filter = ["state", "kind", "recall", "created_at"]
    list_select_related = ["person"]
    search_fields = ["person__name", "person__userid", "msgid", "key"]
    fields = [
        "person",
        "kind",
        "key",
        "message",
        "state",
        "why",
        "covered_by",
        "recall",
        "attempts",
        "msgid",
        "request",
        "created_at",
        "tried_at",
        "ended_at",
    ]
    inlines = [TryInline]
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
