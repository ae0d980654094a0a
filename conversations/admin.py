"""What administrators set up, and what they may look at. Nothing that was said can be changed or deleted here."""

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import OuterRef, Subquery
from django.forms import CheckboxSelectMultiple
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from accounts.models import Role, User

from .commands.assistant import switch_assistant
from .models import AssistantSwitch, CannedReply, Category, Conversation, DeskWords, Event, Feedback, Group, Message
from .presentation import words_of
from .queries.timeline import sentence_of
from .wording import kind_label

COUNT_CAP = 10_000
INLINE_ROWS = 100


class CappedPaginator(Paginator):
    """Counts no further than `COUNT_CAP`: a count over years of rows costs seconds and tells nobody anything."""

    @cached_property
    def count(self):
        return self.object_list.order_by().values("pk")[:COUNT_CAP].count()


class ReadOnly:
    """Whoever may open the admin may look; nobody may add, change or delete."""

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


class Log(ReadOnly, admin.ModelAdmin):
    """A large table that is only read: paged, never counted to its end, no query a row."""

    paginator = CappedPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER  # one count over everything for each choice
    list_per_page = 50
    list_max_show_all = 50


class Newest(ReadOnly, admin.TabularInline):
    """The newest `INLINE_ROWS` rows of a conversation; a long one continues on a list of its own."""

    extra = 0
    can_delete = False
    show_change_link = False
    newest_first = "-id"

    class Media:
        css = {"all": ["css/admin_log.css"]}

    def get_queryset(self, request):
        rows = super().get_queryset(request)
        # By a subquery and not a slice: the formset filters what it is given once more, by its conversation.
        newest = self.model.objects.filter(conversation=OuterRef("conversation")).order_by(self.newest_first)
        return rows.filter(pk__in=Subquery(newest.values("pk")[:INLINE_ROWS]))


class InWords:
    """The columns of a message, named for people."""

    columns = ["number", "said_at", "part", "speaker", "words", "note"]

    @admin.display(description=_("序号"))
    def number(self, message):
        return message.seq

    @admin.display(description=_("时间"))
    def said_at(self, message):
        return date_format(timezone.localtime(message.created_at), "Y-m-d H:i:s")

    @admin.display(description=_("身份"))
    def part(self, message):
        return message.get_sender_type_display()

    @admin.display(description=_("姓名"))
    def speaker(self, message):
        return message.sender_name

    @admin.display(description=_("内容"))
    def words(self, message):
        return words_of(message) or kind_label(message.msg_type)

    @admin.display(description=_("内部备注"))
    def note(self, message):
        return _("仅客服可见") if message.internal else ""


class MessageInline(InWords, Newest):
    model = Message
    fields = readonly_fields = InWords.columns
    ordering = ["seq"]
    newest_first = "-seq"


class Told:
    """An event in words, as the console tells it; the kind and the facts stand beside it for who compares."""

    @admin.display(description=_("经过"), ordering="kind")
    def told(self, event):
        return sentence_of(event)


class EventInline(Told, Newest):
    model = Event
    fields = readonly_fields = ["at", "told", "kind", "facts"]
    ordering = ["id"]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("actor")


@admin.register(Conversation)
class ConversationAdmin(Log):
    list_display = ["subject", "employee", "department", "status", "assigned_agent", "group", "category", "created_at"]
    list_select_related = ["employee", "assigned_agent", "group", "category"]
    list_filter = ["status", "group", "category", "created_at"]
    search_fields = ["employee__name", "employee__userid_key", "subject"]
    search_help_text = _("员工姓名、账号或主题")
    ordering = ["-last_message_at", "id"]
    fields = [
        ("subject", "status"), ("employee", "department"), ("assigned_agent", "group", "category"),
        ("created_at", "last_message_at", "waiting_since", "resolved_at"), "everything",
    ]  # fmt: skip
    readonly_fields = ["department", "everything"]
    inlines = [MessageInline, EventInline]

    @admin.display(description=_("部门"))
    def department(self, conversation):
        return conversation.employee.department

    @admin.display(description=_("完整记录"))
    def everything(self, conversation):
        lists = [(reverse(f"admin:conversations_{name}_changelist"), conversation.pk) for name in ("message", "event")]
        address = "{}?conversation__id__exact={}"
        link = format_html('<a href="' + address + '">{}</a>', *lists[0], _("全部消息"))
        return format_html('{} · <a href="' + address + '">{}</a>', link, *lists[1], _("全部事件"))


@admin.register(Message)
class MessageAdmin(InWords, Log):
    list_display = ["number", "conversation", *InWords.columns[1:]]
    list_select_related = ["conversation"]
    list_filter = ["sender_type", "internal"]
    ordering = ["conversation", "seq"]  # the one order of messages that has an index
    fields = ["conversation", *InWords.columns]
    readonly_fields = InWords.columns


@admin.register(Event)
class EventAdmin(Told, Log):
    list_display = ["at", "told", "conversation", "kind", "facts"]
    list_select_related = ["conversation", "actor"]
    list_filter = ["at"]
    ordering = ["-id"]
    fields = ["conversation", "version", "kind", "actor", "facts", "at"]


@admin.register(Feedback)
class FeedbackAdmin(Log):
    list_display = ["rated_at", "score", "words", "verdict", "conversation", "employee", "agent"]
    list_select_related = ["conversation__employee", "agent"]
    list_filter = ["score", "verdict", "rated_at", "agent"]
    ordering = ["-id"]
    fields = ["conversation", "employee", "agent", "verdict", "answered_at", "score", "words", "rated_at"]
    readonly_fields = ["employee"]

    @admin.display(description=_("员工"))
    def employee(self, feedback):
        return feedback.conversation.employee


@admin.register(Group)
class GroupAdmin(admin.ModelAdmin):
    list_display = ["name", "members"]
    search_fields = ["name"]

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("agents")

    @admin.display(description=_("成员"))
    def members(self, group):
        return "、".join(agent.display_name for agent in group.agents.all())

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        kwargs["queryset"] = User.objects.filter(
            is_active=True, grants__role__code=Role.AGENT, grants__revoked_at=None
        ).order_by("name")
        kwargs["widget"] = CheckboxSelectMultiple
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "agents":
            field.widget.can_add_related = False  # people come from WeCom, not from a pop-up
        return field


@admin.register(Category)
class CategoryAdmin(admin.ModelAdmin):
    list_display = ["name", "code", "group", "position", "active"]
    list_editable = ["position", "active"]
    list_select_related = ["group"]
    search_fields = ["name", "code"]


@admin.register(CannedReply)
class CannedReplyAdmin(admin.ModelAdmin):
    list_display = ["title", "shortcut", "position", "active"]
    list_editable = ["position", "active"]
    search_fields = ["title", "shortcut", "content"]


class OneRow(admin.ModelAdmin):
    """A table of one row: its list goes straight on to it, and nobody deletes it."""

    def has_delete_permission(self, request, obj=None):
        return False

    def changelist_view(self, request, extra_context=None):
        only = self.model.objects.first()
        if only is None:
            return super().changelist_view(request, extra_context)
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_change"
        return HttpResponseRedirect(reverse(name, args=[only.pk]))


@admin.register(DeskWords)
class DeskWordsAdmin(OneRow):
    """That nobody can delete it is how `init_desk` knows that the desk was filled."""

    def has_add_permission(self, request):
        return False


@admin.register(AssistantSwitch)
class AssistantSwitchAdmin(OneRow):
    """Off: everything goes to people, what the assistant has as well. No row yet means on."""

    fields = ["on", "changed_by", "changed_at"]
    readonly_fields = ["changed_by", "changed_at"]

    def has_add_permission(self, request):
        return super().has_add_permission(request) and not AssistantSwitch.objects.exists()

    def save_model(self, request, obj, form, change):
        switch_assistant(obj.on, by=request.user)
        obj.pk = 1
