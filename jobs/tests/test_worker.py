import threading

from django.db import connection

from jobs import queue
from jobs.health import health
from jobs.models import Job

PATIENCE = 15  # seconds until a test that waits for something gives up


def test_a_slow_job_does_not_hold_up_the_others(handle, working):
    slow_may_end, quick_ran = threading.Event(), threading.Event()
    handle("slow", lambda: slow_may_end.wait(PATIENCE))
    handle("quick", quick_ran.set)
    with working(threads=2):
        queue.enqueue("slow")
        queue.enqueue("quick")
        assert quick_ran.wait(PATIENCE)
        slow_may_end.set()
    assert set(Job.objects.values_list("state", flat=True)) == {Job.State.DONE}


class CountedWake(threading.Event):
    """Counts the rounds of a worker: each begins by clearing the event."""

    def __init__(self):
        super().__init__()
        self.rounds = threading.Semaphore(0)

    def clear(self):
        super().clear()
        self.rounds.release()


def test_it_holds_no_more_jobs_than_it_has_hands(handle, working, monkeypatch):
    monkeypatch.setattr(queue, "wake", CountedWake())
    both_in, may_end = threading.Barrier(3, timeout=PATIENCE), threading.Event()

    def busy():
        if not may_end.is_set():
            both_in.wait()
            may_end.wait(PATIENCE)

    handle("busy", busy)
    for _ in range(5):
        queue.enqueue("busy")
    with working(threads=2):
        both_in.wait()
        for _ in range(3):  # one round has certainly looked at the queue with both hands full
            assert queue.wake.rounds.acquire(timeout=PATIENCE)
        assert Job.objects.filter(state=Job.State.RUNNING).count() == 2
        may_end.set()


def test_a_job_longer_than_its_lease_keeps_it_and_runs_once(handle, working):
    runs, extended = [], threading.Event()

    def long():
        runs.append(1)
        first = Job.objects.get().lease_until
        while not extended.is_set():
            if Job.objects.get().lease_until > first:
                extended.set()
            extended.wait(0.05)

    handle("long", long)
    queue.enqueue("long")
    with working(threads=2, lease_seconds=1):
        assert extended.wait(PATIENCE)
    assert runs == [1]
    assert Job.objects.get().state == Job.State.DONE


def test_a_stopping_worker_finishes_the_job_in_its_hands(handle, working):
    started, may_end = threading.Event(), threading.Event()

    def job():
        started.set()
        may_end.wait(PATIENCE)

    handle("job", job)
    queue.enqueue("job")
    with working() as stop:
        assert started.wait(PATIENCE)
        stop.set()
        may_end.set()
    assert Job.objects.get().state == Job.State.DONE


def test_a_stopping_worker_releases_a_job_that_takes_too_long(handle, working):
    started, may_end = threading.Event(), threading.Event()

    def endless():
        started.set()
        may_end.wait(PATIENCE)
        connection.close()

    handle("endless", endless)
    queue.enqueue("endless")
    with working(grace_seconds=0.1):
        assert started.wait(PATIENCE)
    job = Job.objects.get()
    assert (job.state, job.attempts, job.lease) == (Job.State.READY, 0, None)
    may_end.set()


def test_health_tells_whether_a_worker_lives_and_what_waits(handle, working):
    ran = threading.Event()
    handle("job", ran.set)
    assert health() == {"oldest_ready_seconds": None, "dead": 0, "worker_seen_at": None}
    queue.enqueue("job")
    assert health()["oldest_ready_seconds"] >= 0
    with working():
        assert ran.wait(PATIENCE)
    assert health()["oldest_ready_seconds"] is None
    assert health()["worker_seen_at"] is not None
    Job.objects.update(state=Job.State.DEAD)
    assert health()["dead"] == 1


def test_a_worker_enqueues_periodic_jobs_by_itself(handle, working):
    ran = threading.Event()
    handle("sweep", ran.set, every=3600)
    with working():
        assert ran.wait(PATIENCE)
    assert Job.objects.get().unique_key.startswith("sweep@")
