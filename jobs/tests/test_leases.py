"""The promises that hold between several workers; each race is lost on purpose."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from jobs import lease, queue
from jobs.models import Job
from jobs.worker import perform, run_due

LATER = timedelta(seconds=lease.LEASE_SECONDS + 1)


@pytest.fixture
def one_job(db, handle):
    handle("push", lambda: None, max_attempts=3)
    queue.enqueue("push")
    return Job.objects.get()


def test_of_two_workers_that_picked_the_same_job_one_takes_it(one_job):
    now = timezone.now()
    mine, theirs = Job.objects.get(), Job.objects.get()
    assert lease.take(mine, now)
    assert not lease.take(theirs, now)
    job = Job.objects.get()
    assert (job.attempts, job.lease) == (1, mine.lease)


def test_a_held_job_is_nobody_elses_until_the_lease_ends(one_job):
    now = timezone.now()
    first = lease.claim(now)
    assert lease.claim(now) is None
    second = lease.claim(now + LATER)
    assert second == first
    assert second.attempts == 2


@pytest.mark.parametrize(
    "end",
    [
        lease.finish,
        lease.release,
        lambda job, now: lease.retry(job, now, "late"),
        lambda job, now: lease.bury(job, now, "late"),
    ],
)
def test_a_worker_that_lost_its_lease_can_write_no_end(one_job, end):
    now = timezone.now()
    late = lease.claim(now)
    holder = lease.claim(now + LATER)
    assert not end(late, now)
    lease.extend([late.lease], now + timedelta(days=1))
    job = Job.objects.get()
    assert (job.state, job.lease, job.attempts, job.error) == (Job.State.RUNNING, holder.lease, 2, "")
    assert job.lease_until == holder.lease_until
    assert lease.finish(holder, now)


def test_a_job_that_kills_its_workers_runs_out_of_attempts(one_job):
    now = timezone.now()
    for _ in range(3):
        assert lease.claim(now)
        now += LATER
    assert lease.claim(now) is None
    job = Job.objects.get()
    assert job.state == Job.State.DEAD
    assert lease.LOST_WORKER in job.error


def test_a_released_job_keeps_all_its_attempts(one_job):
    now = timezone.now()
    assert lease.release(lease.claim(now), now)
    job = Job.objects.get()
    assert (job.state, job.attempts, job.lease) == (Job.State.READY, 0, None)


@pytest.mark.django_db(transaction=True)
def test_six_workers_at_once_run_each_of_sixty_jobs_once(handle):
    ran, gate = [], threading.Barrier(6)
    handle("push", lambda number: ran.append(number))
    for number in range(60):
        queue.enqueue("push", number=number)

    def work():
        gate.wait()
        run_due()
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ran) == list(range(60))
    assert set(Job.objects.values_list("state", "attempts")) == {(Job.State.DONE, 1)}


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif("not connection.features.has_select_for_update_skip_locked", reason="PostgreSQL only")
def test_a_worker_steps_around_a_row_that_another_one_is_taking(handle):
    handle("push", lambda: None)
    queue.enqueue("push")
    queue.enqueue("push")
    found = []

    def other_worker():
        with transaction.atomic():
            found.append(lease.pick(timezone.now()).pk)
        connection.close()

    with transaction.atomic():
        mine = lease.pick(timezone.now()).pk
        thread = threading.Thread(target=other_worker)
        thread.start()
        thread.join()
    assert found
    assert found != [mine]


def test_the_end_of_a_run_that_was_taken_over_is_told_to_the_log(one_job, caplog):
    now = timezone.now()
    late = lease.claim(now)
    lease.claim(now + LATER)
    perform(late)
    assert "taken over" in caplog.text
    assert Job.objects.get().state == Job.State.RUNNING
