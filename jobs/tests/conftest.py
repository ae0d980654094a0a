import threading
from contextlib import contextmanager

import pytest

from jobs import queue
from jobs.worker import Worker


@pytest.fixture
def handle(monkeypatch):
    """Registers handlers for one test: `handle("name", function, max_attempts=…)`; no other handler is there."""
    monkeypatch.setattr(queue, "handlers", {})
    monkeypatch.setattr(queue, "declared", set())

    def register(name, function, **options):
        return queue.job(name, **options)(function)

    return register


@pytest.fixture
def working(transactional_db):
    """`with working(threads=2):` a real worker runs beside the test, and has stopped when the block ends."""

    @contextmanager
    def run(**options):
        stop = threading.Event()
        worker = Worker(stop, **options)
        thread = threading.Thread(target=worker.run)
        thread.start()
        try:
            yield stop
        finally:
            stop.set()
            thread.join(30)
            assert not thread.is_alive()

    return run
