from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from itdesk.demo.loader import load


class Command(BaseCommand):
    help = "Load the demo company: people, roles, groups, categories and past conversations. Safe to repeat."

    def handle(self, *args, **options):
        if settings.WECOM_CORP_ID and not settings.WECOM_SIMULATOR:
            raise CommandError("WECOM_CORP_ID names a real company: the demo's people do not belong there.")
        summary = load()
        self.stdout.write(
            f"Demo company: {summary.people} people, {summary.agents} agents, {summary.conversations} conversations"
            + (f" ({summary.added} added)." if summary.added else " (nothing to add).")
        )
