"""`init_roles`: make the three roles. Safe to repeat; a renamed role keeps its name."""

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from accounts import roles


class Command(BaseCommand):
    help = "Make the roles user, agent and admin where they are missing."

    def handle(self, **options):
        made = roles.init_roles()
        self.stdout.write(_("已建立角色：%s") % ", ".join(made) if made else _("角色已齐全，没有改动"))
