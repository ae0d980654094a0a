"""`check_wecom [--user USERID] [--send]`: the set-up page's steps in a terminal; exit status 1 when one fails."""

import sys

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from wecom.setup import checks, outcome
from wecom.setup.steps import STEPS

SIGNS = {outcome.GOOD: "[ok]", outcome.BAD: "[!!]", outcome.OPEN: "[??]", outcome.TOLD: "[--]"}


class Command(BaseCommand):
    help = "Test the connection to WeCom step by step."

    def add_arguments(self, parser):
        parser.add_argument("--user", default="", metavar="USERID", help="a member whom the app must see")
        parser.add_argument("--send", action="store_true", help="send that member a message")

    def handle(self, *, user, send, **options):
        subject, failed = outcome.Subject(user), False
        for number, step in enumerate(STEPS, start=1):
            self.stdout.write(self.style.MIGRATE_HEADING(f"{number}. {step.title}"))
            for label, value in step.values():
                self.stdout.write(f"        {label}: {value}")
            failed |= self._told(step.check(subject))
        if send:
            self.stdout.write(self.style.MIGRATE_HEADING(_("测试消息")))
            failed |= self._told([checks.message(subject)])
        if failed:
            sys.exit(1)

    def _told(self, outcomes):
        """Write them. → whether one of them is bad."""
        failed = False
        for found in outcomes:
            failed |= found.state == outcome.BAD
            style = {outcome.GOOD: self.style.SUCCESS, outcome.BAD: self.style.ERROR}.get(found.state, str)
            self.stdout.write(f"   {style(SIGNS[found.state])} {found.words}")
            for line in _details(found):
                self.stdout.write(f"        {line}")
        return failed


def _details(found):
    if found.code != "":
        yield _("错误码：%s") % found.code
    if found.reaction:
        yield found.reaction
    if found.from_ip:
        yield _("出口地址：%s") % found.from_ip
    if found.hint:
        yield f"hint: {found.hint}"
