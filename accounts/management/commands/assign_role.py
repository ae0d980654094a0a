"""`assign_role USERID ROLE [--remove]` and `assign_role USERID --list`."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from accounts import roles
from accounts.models import Role, User


class Command(BaseCommand):
    help = "Give a person a role, take it away, or list what they hold."

    def add_arguments(self, parser):
        parser.add_argument("userid", help="WeCom userid, in any case; or the name of a break-glass administrator")
        parser.add_argument("role", nargs="?", help="user, agent or admin")
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--remove", action="store_true", help="take the role away")
        what.add_argument("--list", action="store_true", help="show the roles held now")

    def handle(self, *, userid, role, remove, list, **options):
        if list:
            self._list(self._known(userid))
        elif remove:
            self._remove(self._known(userid), _checked(role))
        else:
            self._grant(userid, _checked(role))

    def _grant(self, userid, role):
        user = _find(userid) or self._enrolled(userid)
        changed = roles.grant(user, role, channel="command")
        self.stdout.write(
            (_("%(who)s 现在有角色 %(role)s") if changed else _("%(who)s 已有角色 %(role)s，没有改动"))
            % {"who": user.userid, "role": role}
        )
        if not user.is_active:
            self.stderr.write(self.style.WARNING(_("注意：%s 已停用，启用后角色才生效") % user.userid))

    def _enrolled(self, userid):
        if not settings.WECOM_CORP_ID:
            raise CommandError(_("WECOM_CORP_ID 还没有设置，不知道 %s 属于哪家企业") % userid)
        if not roles.USERID.fullmatch(userid):
            raise CommandError(_("%s 不是企业微信账号：只能有字母、数字和 _ - @ .") % userid)
        self.stdout.write(_("%s 还没有登录过，已先登记，首次登录即生效") % userid)
        return roles.enrol(settings.WECOM_CORP_ID, userid, channel="command")[0]

    def _remove(self, user, role):
        last = role == Role.ADMIN and not roles.other_admins(user).exists()
        if not roles.revoke(user, role, channel="command"):
            self.stdout.write(_("%(who)s 没有角色 %(role)s，没有改动") % {"who": user.userid, "role": role})
            return
        self.stdout.write(_("已收回 %(who)s 的角色 %(role)s") % {"who": user.userid, "role": role})
        if last:
            self.stderr.write(self.style.WARNING(_("注意：现在没有管理员了，请用 assign_role 再任命一位")))

    def _list(self, user):
        codes = user.grants.filter(revoked_at=None).order_by("role").values_list("role__code", flat=True)
        self.stdout.write(", ".join(codes) or _("没有角色"))

    def _known(self, userid):
        user = _find(userid)
        if user is None:
            raise CommandError(_("没有这个人：%s") % userid)
        return user


def _checked(role):
    if not role:
        raise CommandError(_("请写明角色：user、agent 或 admin"))
    roles.init_roles()
    if not Role.objects.filter(code=role).exists():
        raise CommandError(_("没有角色 %s；可用的有 user、agent、admin") % role)
    return role


def _find(userid):
    """The member of our company, else the break-glass administrator of this name, else None."""
    return User.objects.member(settings.WECOM_CORP_ID, userid) or User.objects.member("", userid)
