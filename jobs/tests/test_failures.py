import time
import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from jobs import lease, queue
from jobs.models import Job
from jobs.scrub import scrubbed
from jobs.worker import run_due

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def failing(error):
    def handler():
        raise error

    return handler


def test_it_tries_again_later_and_later_and_is_dead_after_the_last_attempt(handle):
    handle("push", failing(OSError("line is down")), max_attempts=4)
    queue.enqueue("push")
    now, waits = timezone.now(), []
    for _ in range(3):
        assert run_due(now) == 1
        job = Job.objects.get()
        assert job.state == Job.State.READY
        waits.append((job.run_at - now).total_seconds())
        now = job.run_at
    assert waits == sorted(waits)
    assert run_due(now) == 1
    job = Job.objects.get()
    assert (job.state, job.attempts) == (Job.State.DEAD, 4)
    assert "line is down" in job.error
    assert run_due(now + timedelta(days=1)) == 0


def test_the_backoff_doubles_and_ends_at_a_quarter_of_an_hour():
    for attempts in range(1, 9):
        assert 2**attempts * 0.75 <= lease.backoff(attempts) <= 2**attempts * 1.25
    assert lease.backoff(12) == lease.backoff(40_000) == 900
    assert len({lease.backoff(5) for _ in range(20)}) > 1


def test_a_handler_says_itself_when_to_try_again(handle):
    handle("push", failing(queue.RetryLater(300, "quota")))
    queue.enqueue("push")
    now = timezone.now()
    run_due(now)
    job = Job.objects.get()
    assert (job.state, job.run_at, job.error) == (Job.State.READY, now + timedelta(seconds=300), "quota")


def test_a_wait_that_a_handler_names_is_the_least_and_the_backoff_goes_on_growing():
    job = Job.objects.create(name="push", run_at=NOW, max_attempts=120, created_at=NOW)
    waits = []
    for attempts in (1, 12):
        token = uuid.uuid4()
        Job.objects.update(state=Job.State.RUNNING, attempts=attempts, lease=token)
        job.refresh_from_db()
        assert lease.retry(job, NOW, "quota", 60)
        waits.append((Job.objects.get().run_at - NOW).total_seconds())
    assert waits == [60, 900]


def test_a_handler_that_gives_up_is_not_tried_again(handle):
    handle("push", failing(queue.GiveUp("no such member")))
    queue.enqueue("push")
    run_due()
    job = Job.objects.get()
    assert (job.state, job.attempts, job.error) == (Job.State.DEAD, 1, "no such member")


def test_a_name_without_a_handler_is_kept_and_tried_again(handle):
    queue.declare("orphan")
    queue.enqueue("orphan")
    run_due()
    assert Job.objects.get().state == Job.State.READY
    assert "orphan" in Job.objects.get().error


def test_sys_exit_in_a_handler_is_a_failure_like_any_other(handle):
    handle("push", failing(SystemExit(1)))
    queue.enqueue("push")
    run_due()
    assert Job.objects.get().state == Job.State.READY


@pytest.mark.parametrize(
    "text",
    [
        "GET https://qyapi.example/cgi-bin/gettoken?corpid=ww1&corpsecret=CANARY9 failed",
        "GET https://qyapi.example/cgi-bin/message/send?access_token=CANARY9",
        "{'corpsecret': 'CANARY9', 'a': 1}",
        '{"secret": "CANARY9"}',
        "Authorization: Bearer CANARY9",
        "WECOM_SECRET=CANARY9",
    ],
)
def test_no_secret_is_kept_with_the_error(handle, caplog, text):
    handle("push", failing(OSError(text)))
    handle("give_up", failing(queue.GiveUp(text)))
    handle("later", failing(queue.RetryLater(5, text)))
    caplog.set_level("INFO")
    for name in ("push", "give_up", "later"):
        queue.enqueue(name)
    assert run_due() == 3
    errors = "".join(Job.objects.values_list("error", flat=True))
    assert "***" in errors
    assert "CANARY9" not in errors + caplog.text


def test_an_error_of_any_shape_can_be_stored(handle):
    handle("push", failing(OSError("\x00 \ud800 " + "长" * 9000 + " the end")))
    queue.enqueue("push")
    run_due()
    error = Job.objects.get().error
    assert error.endswith("the end")
    assert len(error) <= 2000


def test_a_very_long_error_is_scrubbed_in_linear_time():
    begun = time.process_time()
    assert scrubbed("secret" * 200_000 + " the end").endswith("the end")
    assert scrubbed("长" * 1_000_000).endswith("长")
    assert time.process_time() - begun < 5
