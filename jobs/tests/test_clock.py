"""A clock that is put back by an hour: what waited five seconds waits no hour, and periodic jobs go on."""

import threading
from datetime import timedelta

import pytest
from django.utils import timezone

from jobs import clock, queue
from jobs.models import Job
from jobs.worker import Worker, run_due

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def put(monkeypatch):
    """`put(HOUR)`: this machine's clock is ahead by so much; the real time of the test is what it comes back to."""
    real, real_ahead = timezone.now, clock._ahead

    def ahead(by):
        monkeypatch.setattr(timezone, "now", lambda: real() + by)
        monkeypatch.setattr(clock, "_ahead", lambda: real_ahead() + by.total_seconds())

    return ahead


def test_what_was_planned_by_a_clock_that_was_ahead_is_due_when_it_was_meant_to_be(handle, put):
    ran = []
    handle("card", lambda: ran.append("card"))
    put(HOUR)
    first, second = Worker(threading.Event()), Worker(threading.Event())
    queue.enqueue("card", run_in=5)
    put(timedelta())
    for worker in (first, second):
        worker._beat()
    assert run_due(timezone.now()) == 0
    assert run_due(timezone.now() + timedelta(seconds=6)) == 1
    assert ran == ["card"]


def test_jobs_of_before_stay_where_they_are(handle, put):
    handle("morning", lambda: None)
    queue.enqueue("morning", run_in=8 * 3600)
    due = Job.objects.get().run_at
    put(HOUR)
    worker = Worker(threading.Event())
    put(timedelta())
    worker._beat()
    assert Job.objects.get().run_at == due


def test_periodic_jobs_go_on_through_the_hour_that_comes_again(handle, put):
    ran = []
    handle("drain", lambda: ran.append(1), every=20)
    slots = [timezone.now(), timezone.now() + timedelta(seconds=20)]
    worker = Worker(threading.Event())
    for slot in slots:  # as it was run in this hour the first time
        queue.enqueue_periodic(slot, {})
    put(HOUR)
    worker._beat()
    assert run_due(timezone.now()) == 3
    put(timedelta())
    worker._beat()
    Worker(threading.Event())._beat()  # one that starts now knows nothing of it
    assert run_due(timezone.now()) == 1
