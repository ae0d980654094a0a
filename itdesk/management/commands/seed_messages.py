from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from conversations.models import Conversation
from itdesk.demo.crowd import Crowd


class Command(BaseCommand):
    help = "Fill an empty database with years of invented conversations, to measure with. The same seed, the same data."

    def add_arguments(self, parser):
        parser.add_argument("--conversations", type=int, default=10_000)
        parser.add_argument("--messages", type=int, default=100_000)
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--add", action="store_true", help="although there are conversations already")

    def handle(self, *, conversations, messages, seed, add, **options):
        if not settings.LOOPBACK_ONLY or not settings.WECOM_SIMULATOR:
            raise CommandError("WECOM_SIMULATOR must be on: invented people do not belong into a real desk.")
        if not 0 < conversations <= messages <= conversations * 5000:
            raise CommandError("--messages must be 1 to 5000 for each of the --conversations.")
        if Conversation.objects.exists() and not add:
            raise CommandError("There are conversations already; say --add to put invented ones beside them.")
        crowd = Crowd(conversations=conversations, messages=messages, seed=seed)
        stored = crowd.move_in(lambda done: options["verbosity"] > 1 and self.stdout.write(f"{done} messages"))
        self.stdout.write(f"{conversations} conversations, {stored} messages (seed {seed}).")
