from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from jobs import queue
from jobs.jobs import prune_jobs
from jobs.models import Job
from jobs.worker import run_due


@pytest.fixture
def calls(handle):
    seen = []
    handle("greet", lambda **args: seen.append(args))
    return seen


@pytest.mark.django_db(transaction=True)
def test_it_forgets_the_job_when_the_caller_rolls_back(calls):
    queue.wake.clear()
    with transaction.atomic():
        queue.enqueue("greet", who="zhangwei")
        transaction.set_rollback(True)
    assert not Job.objects.exists()
    assert not queue.wake.is_set()


@pytest.mark.django_db(transaction=True)
def test_it_wakes_the_local_worker_only_when_the_caller_has_committed(calls):
    queue.wake.clear()
    with transaction.atomic():
        queue.enqueue("greet")
        assert not queue.wake.is_set()
    assert queue.wake.is_set()


@pytest.mark.django_db
def test_it_calls_the_handler_with_the_arguments(calls):
    queue.enqueue("greet", who="张伟", times=2)
    assert run_due() == 1
    assert calls == [{"who": "张伟", "times": 2}]
    assert Job.objects.get().state == Job.State.DONE


@pytest.mark.django_db
def test_it_waits_until_the_time_has_come(calls):
    queue.enqueue("greet", run_in=60)
    assert run_due() == 0
    assert run_due(timezone.now() + timedelta(seconds=61)) == 1


@pytest.mark.django_db
def test_it_ignores_a_second_job_with_the_same_key_even_after_the_first_ran(calls):
    queue.enqueue("greet", key="greet@1")
    run_due()
    queue.enqueue("greet", key="greet@1")
    queue.enqueue("greet", key="greet@2")
    run_due()
    assert len(calls) == 2


@pytest.mark.django_db
def test_a_taken_key_does_not_break_the_callers_transaction(calls):
    with transaction.atomic():
        queue.enqueue("greet", key="greet@1")
        queue.enqueue("greet", key="greet@1")
        queue.enqueue("greet")
    assert Job.objects.count() == 2


@pytest.mark.django_db
def test_it_refuses_a_name_that_nobody_declared(handle):
    with pytest.raises(queue.UnknownJob):
        queue.enqueue("gret")
    queue.declare("gret")
    queue.enqueue("gret")
    assert Job.objects.get().name == "gret"


@pytest.mark.django_db
def test_three_schedulers_of_one_slot_make_one_job(handle):
    handle("sweep", lambda: None, every=3600)
    noon = timezone.now().replace(hour=12, minute=0)
    for _ in range(3):
        queue.enqueue_periodic(noon, {})
        run_due()
    assert Job.objects.count() == 1
    queue.enqueue_periodic(noon + timedelta(hours=1), {})
    assert Job.objects.count() == 2


@pytest.mark.django_db
def test_a_key_stays_taken_for_a_week_and_dead_jobs_stay_for_ever(calls):
    now = timezone.now()
    for name, state, days in [("young", "done", 6), ("old", "done", 8), ("dead", "dead", 30)]:
        Job.objects.create(
            name=name, state=state, run_at=now, max_attempts=1, created_at=now, finished_at=now - timedelta(days=days)
        )
    prune_jobs()
    assert set(Job.objects.values_list("name", flat=True)) == {"young", "dead"}
