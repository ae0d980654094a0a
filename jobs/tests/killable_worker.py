"""A worker process for `test_killed_worker.py`: its one job never ends in the first process and ends in the second."""

import os
import signal
import sys
import threading

import django

django.setup()

from jobs.queue import job  # noqa: E402
from jobs.worker import Worker  # noqa: E402


@job("hang_once", max_attempts=3)
def hang_once():
    print("started", flush=True)
    if sys.argv[1] == "hang":
        threading.Event().wait()
    print("ended", flush=True)


stop = threading.Event()
signal.signal(signal.SIGTERM, lambda *_: stop.set())
print("ready", os.getpid(), flush=True)
Worker(stop, lease_seconds=float(sys.argv[2])).run()
