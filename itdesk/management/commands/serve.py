"""`manage.py serve`: the whole desk in one process, the web server and, without Redis, the job worker beside it."""

import threading

from django.conf import settings
from django.core.management.base import BaseCommand

MAX_FRAME = 4096  # bytes a page may send at once; a larger frame ends the socket (CONTRACT 4)


class Command(BaseCommand):
    help = "Serve the desk: web, sockets, and the job worker as a thread of the same process."

    def add_arguments(self, parser):
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--no-worker", action="store_true", help="jobs run in `manage.py work` processes instead")

    def handle(self, *, host, port, no_worker, **options):
        from daphne.server import Server

        from itdesk.asgi import application

        stop = threading.Event()
        worker = None if no_worker else start_worker(stop)
        server = Server(
            application=application,
            endpoints=[f"tcp:port={port}:interface={host}"],
            websocket_max_message_size=MAX_FRAME,
            websocket_max_frame_size=MAX_FRAME,
            websocket_timeout=43_200,
            http_timeout=60,
            ping_interval=20,
            ping_timeout=30,
            server_name="desk",
            ready_callable=lambda: self.stdout.write(f"http://{host}:{port}/ ({settings.BUILD_ID})"),
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
