"""`manage.py work`: a job worker as a process of its own."""

import signal
import threading

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from jobs.worker import Worker


class Command(BaseCommand):
    help = "Runs background jobs until SIGTERM or Ctrl+C; as many of these processes as you like."

    def add_arguments(self, parser):
        parser.add_argument("--threads", type=int, default=4, help="jobs at the same time (default 4)")

    def handle(self, *args, threads, **options):
        if not settings.REDIS_URL:
            # A frame put into this process's own memory would reach no page (RELIABILITY R12).
            raise CommandError("REDIS_URL is empty: the worker runs inside serve without Redis.")
        if threads < 1:
            raise CommandError("--threads must be at least 1.")
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        self.stdout.write(f"Working, {threads} jobs at a time.")
        Worker(stop, threads=threads).run()
        self.stdout.write("Stopped.")
