"""The admin pages of people and roles. Every change goes through `roles.py`; nothing here writes a right by itself."""

from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.auth import admin as groups_page  # noqa: F401  (registers Group, which is taken off again below)
from django.contrib.auth.models import Group
from django.db.models import OuterRef, Prefetch, Subquery
from django.db.models.fields.json import KT
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from . import roles
from .models import AuditEntry, Role, RoleGrant, User

admin.site.unregister(Group)  # rights come from roles; a group would do nothing

ADMIN = "admin"  # the channel that audit rows name


class ReadOnly(admin.ModelAdmin):
    """Rows to look at: history that no page may change."""

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


class RightsForm(forms.ModelForm):
    """Whether somebody works here, and as what."""

    held = forms.MultipleChoiceField(
        label=gettext_lazy("角色"), required=False, widget=forms.CheckboxSelectMultiple, choices=()
    )

    class Meta:
        model = User
        fields = ["is_active"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["held"].choices = Role.objects.values_list("code", "name")
        live = self.instance.grants.filter(revoked_at=None) if self.instance.pk else RoleGrant.objects.none()
        self.fields["held"].initial = list(live.values_list("role__code", flat=True))

    def clean(self):
        cleaned = super().clean()
        stays = cleaned.get("is_active", True) and Role.ADMIN in cleaned.get("held", ())
        was = self.instance.pk and Role.ADMIN in self.fields["held"].initial
        if was and not stays and not roles.other_admins(self.instance).exists():
            raise forms.ValidationError(_("至少要留一位管理员，请先任命另一位"))
        return cleaned


class EnrolForm(RightsForm):
    """A member who never signed in yet, appointed beforehand."""

    class Meta:
        model = User
        fields = ["userid"]

    def clean_userid(self):
        userid = self.cleaned_data["userid"].strip()
        if not roles.USERID.fullmatch(userid):
            raise forms.ValidationError(_("企业微信账号只能有字母、数字和 _ - @ ."))
        if User.objects.member(settings.WECOM_CORP_ID, userid):
            raise forms.ValidationError(_("这位同事已经在列表里了"))
        return userid


class RoleFilter(admin.SimpleListFilter):
    title = gettext_lazy("角色")
    parameter_name = "role"

    def lookups(self, request, model_admin):
        return [*Role.objects.values_list("code", "name"), ("none", _("没有角色"))]

    def queryset(self, request, queryset):
        live = RoleGrant.objects.filter(revoked_at=None)
        if self.value() == "none":
            return queryset.exclude(pk__in=live.values("user"))
        if self.value():
            return queryset.filter(pk__in=live.filter(role__code=self.value()).values("user"))
        return queryset


class DepartmentFilter(admin.SimpleListFilter):
    """The departments that have a name; Django's own filter would show a link without words for the others."""

    title = gettext_lazy("部门")
    parameter_name = "department"

    def lookups(self, request, model_admin):
        names = (
            User.objects.exclude(department="").order_by("department").values_list("department", flat=True).distinct()
        )
        return [(name, name) for name in names]

    def queryset(self, request, queryset):
        return queryset.filter(department=self.value()) if self.value() else queryset


class Grants(admin.TabularInline):
    """When which role was given and taken, and by whom."""

    model = RoleGrant
    fk_name = "user"
    fields = readonly_fields = ["role", "granted_by", "granted_at", "revoked_by", "revoked_at"]
    verbose_name_plural = gettext_lazy("角色的经过")
    extra = 0
    can_delete = False

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False


@admin.register(User)
class UserAdmin(admin.ModelAdmin):
    list_display = ["display_name", "userid", "department", "held_roles", "is_active", "last_login"]
    list_filter = [RoleFilter, "is_active", DepartmentFilter]
    search_fields = ["name", "userid", "department"]
    ordering = ["name", "userid"]
    list_per_page = 50
    readonly_fields = ["userid", "name", "department", "position", "last_login", "created_at"]
    fieldsets = [
        (None, {"fields": ["userid", "name", "department", "position"]}),
        (gettext_lazy("权限"), {"fields": ["is_active", "held"]}),
        (gettext_lazy("登录"), {"fields": ["created_at", "last_login"]}),
    ]
    inlines = [Grants]

    @admin.display(description=gettext_lazy("姓名"), ordering="name")
    def display_name(self, user):
        return _("%s（应急）") % user.display_name if user.is_break_glass else user.display_name

    @admin.display(description=gettext_lazy("角色"))
    def held_roles(self, user):
        return "、".join(grant.role.name for grant in user.live_grants) or "–"

    def get_queryset(self, request):
        live = RoleGrant.objects.filter(revoked_at=None).select_related("role").order_by("role")
        return super().get_queryset(request).prefetch_related(Prefetch("grants", live, to_attr="live_grants"))

    def get_form(self, request, obj=None, change=False, **kwargs):
        kwargs["form"] = RightsForm if obj else EnrolForm
        return super().get_form(request, obj, change=change, **kwargs)

    def get_fieldsets(self, request, obj=None):
        return self.fieldsets if obj else [(None, {"fields": ["userid", "held"]})]

    def get_readonly_fields(self, request, obj=None):
        return self.readonly_fields if obj else []

    def get_inlines(self, request, obj):
        return self.inlines if obj else []

    def has_add_permission(self, request):
        return bool(settings.WECOM_CORP_ID) and super().has_add_permission(request)

    def has_delete_permission(self, request, obj=None):
        return False  # conversations name them for ever; who leaves is made inactive

    def save_model(self, request, user, form, change):
        if not change:
            enrolled, _made = roles.enrol(settings.WECOM_CORP_ID, user.userid, channel=ADMIN, by=request.user)
            user.__dict__.update(enrolled.__dict__)
        elif "is_active" in form.changed_data:
            turn = roles.activate if user.is_active else roles.deactivate
            turn(user, channel=ADMIN, by=request.user)
        self._save_roles(request, user, set(form.cleaned_data["held"]))

    def _save_roles(self, request, user, wanted):
        held = set(user.grants.filter(revoked_at=None).values_list("role__code", flat=True))
        for code in wanted - held:
            roles.grant(user, code, channel=ADMIN, by=request.user)
        for code in held - wanted:
            roles.revoke(user, code, channel=ADMIN, by=request.user)


@admin.register(Role)
class RoleAdmin(admin.ModelAdmin):
    list_display = ["name", "code", "holders"]
    fields = ["code", "name"]
    readonly_fields = ["code"]

    @admin.display(description=gettext_lazy("人数"))
    def holders(self, role):
        return role.grants.filter(revoked_at=None).count()

    def has_add_permission(self, request):
        return False  # programs know three; `init_roles` makes them

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(RoleGrant)
class RoleGrantAdmin(ReadOnly):
    list_display = ["user", "role", "granted_by", "granted_at", "revoked_by", "revoked_at"]
    list_filter = ["role", ("revoked_at", admin.EmptyFieldListFilter)]
    search_fields = ["user__name", "user__userid"]
    list_select_related = ["user", "role", "granted_by", "revoked_by"]
    date_hierarchy = "granted_at"


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnly):
    list_display = ["at", "subject", "what", "actor", "channel"]
    list_filter = ["action", "channel"]
    search_fields = ["subject__name", "subject__userid", "actor__name", "actor__userid"]
    list_select_related = ["subject", "actor"]
    date_hierarchy = "at"

    @admin.display(description=gettext_lazy("改动"), ordering="action")
    def what(self, entry):
        words = WORDS.get(entry.action, entry.action)
        return f"{words} {entry.role_name or entry.role_code}" if entry.role_code else words

    def get_queryset(self, request):
        names = Role.objects.filter(code=OuterRef("role_code")).values("name")
        return super().get_queryset(request).annotate(role_code=KT("facts__role"), role_name=Subquery(names))


WORDS = {
    "role.granted": gettext_lazy("授予角色"),
    "role.revoked": gettext_lazy("收回角色"),
    "user.enrolled": gettext_lazy("登记人员"),
    "user.deactivated": gettext_lazy("停用"),
    "user.activated": gettext_lazy("启用"),
    "user.renamed": gettext_lazy("账号更名"),
    "breakglass.created": gettext_lazy("建立应急管理员"),
    "breakglass.password_set": gettext_lazy("重设应急密码"),
}
