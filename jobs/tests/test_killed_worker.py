import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from jobs import queue
from jobs.models import Job

BASE_DIR = Path(__file__).resolve().parents[2]


def database_url():
    """The address of this test's own database, for another process."""
    of = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{of['NAME']}"
    return f"postgresql://{of['USER']}:{of['PASSWORD']}@{of['HOST']}:{of['PORT'] or 5432}/{of['NAME']}"


@contextmanager
def worker_process(behaviour, lease_seconds):
    process = subprocess.Popen(
        [sys.executable, "-m", "jobs.tests.killable_worker", behaviour, str(lease_seconds)],
        cwd=BASE_DIR,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings", "DATABASE_URL": database_url()},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout.readline().startswith("ready")
        yield process
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


@pytest.mark.django_db(transaction=True)
def test_the_job_of_a_killed_worker_runs_again_when_its_lease_has_ended(handle):
    queue.declare("hang_once")
    queue.enqueue("hang_once")
    with worker_process("hang", lease_seconds=2) as first:
        assert first.stdout.readline() == "started\n"
        os.kill(first.pid, signal.SIGKILL)
        first.wait()
    held = Job.objects.get(name="hang_once")
    assert (held.state, held.attempts) == (Job.State.RUNNING, 1)

    with worker_process("end", lease_seconds=2) as second:
        assert second.stdout.readline() == "started\n"
        assert timezone.now() > held.lease_until
        assert second.stdout.readline() == "ended\n"
        second.send_signal(signal.SIGTERM)
        assert second.wait(timeout=30) == 0
    job = Job.objects.get(name="hang_once")
    assert (job.state, job.attempts) == (Job.State.DONE, 2)
