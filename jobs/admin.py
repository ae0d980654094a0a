"""Jobs as administrators see them: to read, and to run a dead one again. Nothing else can be changed here."""

from django.contrib import admin, messages
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from . import queue
from .models import Job


@admin.register(Job)
class JobAdmin(admin.ModelAdmin):
    list_display = ["id", "name", "state", "attempts_of_max", "run_at", "last_error_line"]
    list_filter = ["state", "name"]
    search_fields = ["unique_key", "error"]
    exclude = ["lease"]
    actions = ["run_again"]
    list_per_page = 50
    show_full_result_count = False

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    @admin.display(description=_("次数"))
    def attempts_of_max(self, job):
        return f"{job.attempts}/{job.max_attempts}"

    @admin.display(description=_("错误"))
    def last_error_line(self, job):
        return job.error.rstrip().rpartition("\n")[2][:120]

    @admin.action(description=_("重新执行（仅限已放弃的任务）"), permissions=["view"])
    def run_again(self, request, jobs):
        for job in jobs.filter(state=Job.State.DEAD):
            self.log_change(request, job, "run again")
        revived = queue.run_again(jobs)
        if revived:
            said = ngettext("%(count)d 个任务将重新执行。", "%(count)d 个任务将重新执行。", revived) % {
                "count": revived
            }
            self.message_user(request, said, messages.SUCCESS)
        else:
            self.message_user(request, _("所选任务中没有已放弃的任务。"), messages.WARNING)
