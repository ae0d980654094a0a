from django.core.management.base import BaseCommand

from conversations.commands.setup import init_desk


class Command(BaseCommand):
    help = "Give a new desk its greeting, categories and canned replies; changes nothing on a desk that has them."

    def handle(self, *args, **options):
        self.stdout.write("Desk prepared." if init_desk() else "The desk was prepared before; nothing changed.")
