"""Who somebody is (User) and what they may be (Role, RoleGrant), with a record of every change (AuditEntry)."""

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.utils.crypto import salted_hmac
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Role(models.Model):
    """One of the three parts a person can play. Made by `init_roles`; the code is what programs compare."""

    USER, AGENT, ADMIN = "user", "agent", "admin"

    code = models.CharField(_("代码"), max_length=16, unique=True)
    name = models.CharField(_("名称"), max_length=64)

    class Meta:
        verbose_name = _("角色")
        verbose_name_plural = pgettext_lazy("plural", "角色")
        ordering = ["id"]

    def __str__(self):
        return self.name


class UserManager(BaseUserManager):
    def member(self, corp_id, userid):
        """The user of this WeCom member, or None. WeCom compares userids without regard to case (WECOM 2)."""
        return self.filter(corp_id=corp_id, userid_key=userid.lower()).first()

    def get_by_natural_key(self, username):
        return self.get(username=username)


class User(AbstractBaseUser):
    """One WeCom member (corp id + userid), or a break-glass administrator (no corp id, a password).

    `session_epoch` rises when every session of this person must end; it is part of what a session is checked against.
    """

    corp_id = models.CharField(max_length=64, blank=True, default="", editable=False)
    userid = models.CharField(_("账号"), max_length=64, help_text=_("企业微信里的账号"))
    userid_key = models.CharField(max_length=64, editable=False)
    username = models.CharField(_("登录名"), max_length=130, unique=True, editable=False)
    name = models.CharField(_("姓名"), max_length=64, blank=True)
    department = models.CharField(_("部门"), max_length=128, blank=True)
    position = models.CharField(_("职务"), max_length=64, blank=True)
    is_active = models.BooleanField(_("在职"), default=True)
    session_epoch = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(_("首次登录"), auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = []

    class Meta:
        verbose_name = _("人员")
        verbose_name_plural = pgettext_lazy("plural", "人员")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["corp_id", "userid_key"], name="one_user_per_member")]

    def __str__(self):
        return self.display_name

    def save(self, **kwargs):
        self.userid_key = self.userid.lower()
        self.username = f"{self.userid_key}@{self.corp_id}" if self.corp_id else self.userid_key
        super().save(**kwargs)

    def _get_session_auth_hash(self, secret=None):
        # Django looks at this on each request; sessions cannot be found by person, but they can be made worthless.
        value = f"{self.session_epoch}:{self.password}"
        return salted_hmac("accounts.User.session", value, secret=secret, algorithm="sha256").hexdigest()

    @property
    def is_break_glass(self):
        """Whether this is an administrator outside WeCom, the only kind with a password."""
        return not self.corp_id

    @property
    def display_name(self):
        """WeCom may withhold the name (WECOM 8); then the userid stands for it."""
        return self.name or self.userid

    def get_short_name(self):
        """What Django's admin greets with."""
        return self.display_name

    @cached_property
    def role_codes(self):
        """Codes of the roles held now; one query per request (the user object lives as long as the request)."""
        if not self.is_active:
            return frozenset()
        return frozenset(self.grants.filter(revoked_at=None).values_list("role__code", flat=True))

    def has_role(self, code):
        return code in self.role_codes

    # Django admin asks these four; whoever holds the role admin may use all of it.
    @property
    def is_staff(self):
        return self.has_role(Role.ADMIN)

    is_superuser = is_staff

    def has_perm(self, perm, obj=None):
        return self.is_staff

    def has_perms(self, perms, obj=None):
        return self.is_staff

    def has_module_perms(self, app_label):
        return self.is_staff


class RoleGrant(models.Model):
    """That a person holds a role: who gave it and when; kept, with who took it and when, after it is taken away."""

    user = models.ForeignKey(User, models.PROTECT, related_name="grants", verbose_name=_("人员"))
    role = models.ForeignKey(Role, models.PROTECT, related_name="grants", verbose_name=_("角色"))
    granted_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("授予人")
    )
    granted_at = models.DateTimeField(_("授予时间"), auto_now_add=True)
    revoked_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("收回人")
    )
    revoked_at = models.DateTimeField(_("收回时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("角色授予")
        verbose_name_plural = pgettext_lazy("plural", "角色授予")
        ordering = ["-granted_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role"], condition=Q(revoked_at=None), name="one_live_grant_per_role"
            )
        ]

    def __str__(self):
        return f"{self.user} · {self.role}"


class AuditEntry(models.Model):
    """One change of who may do what. Rows are only ever added."""

    at = models.DateTimeField(_("时间"), auto_now_add=True)
    actor = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("操作人"))
    channel = models.CharField(_("途径"), max_length=16)  # admin, command, login
    action = models.CharField(_("动作"), max_length=32)  # role.granted, role.revoked, user.deactivated …
    subject = models.ForeignKey(User, models.PROTECT, related_name="audit_entries", verbose_name=_("对象"))
    facts = models.JSONField(_("细节"), default=dict, blank=True)

    class Meta:
        verbose_name = _("审计记录")
        verbose_name_plural = pgettext_lazy("plural", "审计记录")
        ordering = ["-id"]

    def __str__(self):
        return f"{self.action} {self.subject}"
