"""The admin page of the directory: what each look found, and the one decision that is asked of an administrator."""

from django.contrib import admin, messages
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.admin import ReadOnly

from .leaving import held, release
from .models import DirectoryRun


@admin.register(DirectoryRun)
class DirectoryRunAdmin(ReadOnly):
    list_display = ["at", "occasion", "outcome", "looked_at", "changed", "left", "who", "decided_by"]
    list_filter = ["outcome", "occasion"]
    list_select_related = ["decided_by"]
    actions = ["confirm_left"]

    @admin.display(description=gettext_lazy("离职人数"))
    def left(self, run):
        return len(run.people)

    @admin.display(description=gettext_lazy("离职或不可见"))
    def who(self, run):
        shown = "、".join(run.people[:10])
        return _("%s 等") % shown if len(run.people) > 10 else shown or "–"

    @admin.action(description=gettext_lazy("确认这些人已离职，停用他们"))
    def confirm_left(self, request, chosen):
        confirmed = [run for run in chosen if release(run, by=request.user)]
        if not confirmed:
            self.message_user(request, _("所选记录没有等待确认的"), messages.WARNING)
            return
        count = sum(len(run.people) for run in confirmed)
        words = ngettext("将再次核对并停用 %(count)d 人", "将再次核对并停用 %(count)d 人", count)
        self.message_user(request, words % {"count": count}, messages.SUCCESS)

    def changelist_view(self, request, extra_context=None):
        if request.method == "GET" and held():
            warning = _(
                "企业微信里一下子少了很多人，没有停用任何人。请先查看应用的可见范围；如果他们确实离职，请选中该记录确认。"
            )
            self.message_user(request, warning, messages.WARNING)
        return super().changelist_view(request, extra_context)
