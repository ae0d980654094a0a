"""`manage.py serve`: the whole desk in one process, the web server and, unless told otherwise, the job worker beside it."""

import threading

from django.conf import settings
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Serve the desk: web, sockets, and the job worker as a thread of the same process."

    def add_arguments(self, parser):
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--unix", metavar="PATH", help="listen on a Unix socket, for a proxy on this machine")
        parser.add_argument(
            "--notice",
            type=float,
            default=0.0,
            metavar="SECONDS",
            help="go on serving for so long after SIGTERM, for a balancer that asks /readyz now and then",
        )
        parser.add_argument("--no-worker", action="store_true", help="jobs run in `manage.py work` processes instead")

    def handle(self, *, host, port, unix, notice, no_worker, **options):
        # Imported late: this takes the right to serve, which `manage.py help serve` must not.
        from itdesk.server import desk_server

        stop = threading.Event()
        worker = None if no_worker else start_worker(stop)
        endpoint, address = f"tcp:port={port}:interface={host}", f"http://{host}:{port}/"
        if unix:
            endpoint, address = f"unix:{unix}", unix
        server = desk_server(
            endpoint,
            lambda: self.stdout.write(f"{address} ({settings.BUILD_ID})"),
            notice=notice,
            on_stop=stop.set,  # the worker ends its job while the last requests end
        )
        try:
            server.run()
        finally:
            stop.set()
            if worker is not None:
                # A job that is running may finish; one that cannot is handed back within the grace time.
                worker.join(timeout=15)


def start_worker(stop):
    """The job worker as a daemon thread; `stop` (Event) ends it after the job in hand."""
    from jobs.worker import Worker

    worker = threading.Thread(target=Worker(stop, grace_seconds=10).run, name="jobs", daemon=True)
    worker.start()
    return worker
