"""What must happen later does, once; and processes come and go without losing anything."""

from .mechanism import broken

LEASE = "jobs/lease.py"
LEASES = "jobs/tests/test_leases.py::"

WORKING = [
    broken(
        "a job is a row of the caller's transaction",
        "it is written after the commit",
        "conversations/tests/test_post_message.py::test_an_answer_takes_the_conversation_and_asks_for_one_push",
        (
            "jobs/queue.py",
            "    Job.objects.bulk_create([row], ignore_conflicts=key is not None)\n",
            "    transaction.on_commit(lambda: Job.objects.bulk_create([row], ignore_conflicts=key is not None))\n",
        ),
    ),
    broken(
        "a lease ends",
        "the job of a worker that died stays its own",
        f"{LEASES}test_a_held_job_is_nobody_elses_until_the_lease_ends",
        (LEASE, "expired = Q(state=State.RUNNING, lease_until__lt=now)", "expired = Q(pk=None)"),
    ),
    broken(
        "a lease is held by its token",
        "a worker that comes back late writes the end of somebody else's run",
        f"{LEASES}test_a_worker_that_lost_its_lease_can_write_no_end",
        (
            LEASE,
            "Job.objects.filter(pk=job.pk, state=State.RUNNING, lease=job.lease)",
            "Job.objects.filter(pk=job.pk, state=State.RUNNING)",
        ),
    ),
    broken(
        "of two that picked a job one takes it",
        "both do",
        f"{LEASES}test_of_two_workers_that_picked_the_same_job_one_takes_it",
        (
            LEASE,
            "Job.objects.filter(pk=job.pk, state=job.state, attempts=job.attempts, lease=job.lease)",
            "Job.objects.filter(pk=job.pk)",
        ),
    ),
    broken(
        "workers step around each other's rows",
        "they wait in line",
        f"{LEASES}test_a_worker_steps_around_a_row_that_another_one_is_taking",
        (LEASE, "select_for_update(skip_locked=True)", "select_for_update()"),
        real=True,
    ),
    broken(
        "a long job keeps its lease",
        "nobody extends it",
        "jobs/tests/test_worker.py::test_a_job_longer_than_its_lease_keeps_it_and_runs_once",
        ("jobs/worker.py", "            lease.extend(tokens, now", "            lease.extend([], now"),
    ),
    broken(
        "one process serves the in-memory layer",
        "a second one starts beside it",
        "tests/stack/test_starting.py::test_a_second_process_on_the_in_memory_layer_is_refused",
        ("itdesk/single.py", "    if held is None:\n", "    if held == 0:\n"),
    ),
    broken(
        "a stop waits for requests under way",
        "they are cut",
        "tests/stack/test_stopping.py::test_a_stop_ends_requests_first_and_sends_the_pages_away_one_by_one",
        ("itdesk/server.py", "await _until(self._idle, GRACE, meanwhile=hub.close_all)", "await hub.close_all()"),
    ),
    broken(
        "pages come back one by one",
        "all at once",
        "tests/stack/test_stopping.py::test_a_stop_ends_requests_first_and_sends_the_pages_away_one_by_one",
        ("conversations/hub.py", "str(int((number + 0.5) * step))", "str(int(0.5 * step))"),
    ),
    broken(
        "too many sends are told when to come back",
        "the 429 does not say when",
        "tests/contract/test_protocol.py::test_too_many_sends_are_429_with_a_time_to_come_back",
        ("accounts/limits.py", '    response["Retry-After"] = str(seconds)\n', ""),
    ),
]
