"""`create_breakglass NAME`: an administrator with a password, for the day when WeCom login does not work."""

import re
import sys
from getpass import getpass

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import roles
from accounts.models import Role, User

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")  # no @: a member's login name holds one


class Command(BaseCommand):
    help = "Make a break-glass administrator, or give one a new password (typed twice, or one line on stdin)."

    def add_arguments(self, parser):
        parser.add_argument("name")

    def handle(self, *, name, **options):
        if not NAME.fullmatch(name):
            raise CommandError(_("名称只能有字母、数字和 _ - ."))
        user = User.objects.member("", name) or User(corp_id="", userid=name)
        password = _password()
        try:
            validate_password(password, user)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        made = self._store(user, password)
        self.stdout.write((_("已建立应急管理员 %s") if made else _("已更新应急管理员 %s 的密码")) % name)

    @transaction.atomic
    def _store(self, user, password):
        made = user.pk is None
        user.set_password(password)
        user.save()
        roles.init_roles()
        roles.record(user, "breakglass.created" if made else "breakglass.password_set", "command")
        roles.grant(user, Role.ADMIN, channel="command")
        roles.activate(user, channel="command")
        return made


def _password():
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    first = getpass(_("密码（至少 14 个字符）："))
    if getpass(_("再输一遍：")) != first:
        raise CommandError(_("两次输入的密码不一样"))
    return first
