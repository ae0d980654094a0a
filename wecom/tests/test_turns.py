"""Whoever works and whoever dies: each word once, and each person's in the order in which they sent them."""

import os
import signal
import subprocess
import sys
import threading
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from conversations.models import Message
from jobs.models import Job
from jobs.tests.test_killed_worker import BASE_DIR, database_url
from jobs.worker import Worker, run_due
from tests.processes import until
from wecom.inbound import registry, turns
from wecom.models import Inbound

from .callbacks import Phone
from .conftest import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def phone(settings, wecom):
    return Phone(settings)


@pytest.fixture
def on(monkeypatch):
    """`on("probe", function)`: a handler for one test."""

    def register(kind, function):
        monkeypatch.setitem(registry.handlers, (kind, ""), function)

    return register


@contextmanager
def workers(count):
    """`count` real workers beside the test."""
    stop = threading.Event()
    threads = [threading.Thread(target=Worker(stop).run) for _ in range(count)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join(30)


def all_settled():
    return not Inbound.objects.filter(settled_at=None).exists()


def contents(userid):
    return [each.content for each in Message.objects.filter(author__userid=userid).order_by("conversation", "seq")]


def test_three_equal_posts_at_once_are_one_message(phone, zhangwei):
    envelope = phone.envelope(phone.message("zhangwei", "text", Content="打印机坏了"))
    at_once(3, lambda _number: phone.send(*envelope))
    with workers(2):
        until(all_settled, what="the message")
    assert contents("zhangwei") == ["打印机坏了"]


def test_a_job_that_runs_twice_makes_one_message(phone, zhangwei):
    phone.writes("zhangwei", "打印机坏了")
    entry = Inbound.objects.get()
    turns.take(entry.pk)
    Inbound.objects.update(settled_at=None, message=None)
    turns.take(entry.pk)
    assert contents("zhangwei") == ["打印机坏了"]
    assert Inbound.objects.get().message == Message.objects.get()


def test_each_person_s_words_stay_in_their_order_with_many_at_work(phone, zhangwei, lina):
    told = {"zhangwei": [], "lina": []}
    for number in range(30):
        for userid, words in told.items():
            words.append(f"第 {number} 句")
            phone.writes(userid, words[-1])
    # The worst case: the jobs in any order at all.
    for job in Job.objects.filter(name="receive_from_wecom"):
        Job.objects.filter(pk=job.pk).update(run_at=timezone.now() - timedelta(seconds=job.pk * 7919 % 60))
    with workers(2):
        until(all_settled, 60, "the messages")
    assert {userid: contents(userid) for userid in told} == told


def test_what_overtook_on_its_way_to_us_is_put_in_order(phone, zhangwei):
    now = int(timezone.now().timestamp())
    for text, at in (("三", now), ("一", now - 2), ("二", now - 1)):
        phone.writes("zhangwei", text, CreateTime=str(at))
    run_due()
    assert contents("zhangwei") == ["一", "二", "三"]


def test_a_second_worker_waits_for_the_first_one_s_entry(phone, zhangwei, on):
    """The slow one is in hand; whoever comes for the quick one must not overtake it."""
    begun, go = threading.Event(), threading.Event()

    def slow(entry):
        begun.set()
        assert go.wait(20)
        registry.handlers["text", ""](entry)

    on("slow", slow)
    phone.post(phone.message("zhangwei", "slow", Content="慢的"))
    phone.writes("zhangwei", "快的")
    first, second = Inbound.objects.order_by("id")

    def work():
        try:
            turns.take(first.pk)
        finally:
            connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    assert begun.wait(20)
    with pytest.raises(turns.RetryLater):
        turns.take(second.pk)
    assert not Message.objects.exists()
    go.set()
    thread.join(30)
    assert contents("zhangwei") == ["慢的", "快的"]  # the first worker took the second one along
    turns.take(second.pk)
    assert Message.objects.count() == 2


def test_one_that_cannot_be_handled_holds_up_its_person_for_a_while_and_nobody_else(phone, zhangwei, lina, on):
    on("broken", lambda entry: 1 / 0)
    phone.post(phone.message("zhangwei", "broken"))
    phone.writes("zhangwei", "还在吗")
    phone.writes("lina", "您好")
    run_due()
    assert (contents("zhangwei"), contents("lina")) == ([], ["您好"])
    Inbound.objects.update(received_at=timezone.now() - turns.PATIENCE)
    run_due(timezone.now() + timedelta(minutes=1))
    assert contents("zhangwei") == ["还在吗"]
    broken = Job.objects.get(state=Job.State.READY, name="receive_from_wecom")
    assert "ZeroDivisionError" in broken.error


def test_an_entry_of_a_worker_that_died_is_free_after_a_while(phone, zhangwei):
    phone.writes("zhangwei", "打印机坏了")
    entry = Inbound.objects.get()
    Inbound.objects.update(claimed_until=timezone.now() + turns.CLAIM)
    with pytest.raises(turns.RetryLater):
        turns.take(entry.pk)
    Inbound.objects.update(claimed_until=timezone.now() - timedelta(seconds=1))
    turns.take(entry.pk)
    assert contents("zhangwei") == ["打印机坏了"]


WORKER = "import django, threading; django.setup(); from jobs.worker import Worker; Worker(threading.Event()).run()"


@contextmanager
def worker_process(fault=""):
    """A worker in a process of its own on this test's database, armed with a fault."""
    process = subprocess.Popen(
        [sys.executable, "-c", WORKER],
        cwd=BASE_DIR,
        env={**os.environ, "DATABASE_URL": database_url(), "WECOM_SIMULATOR": "true", "ITDESK_FAULT": fault},
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def test_a_worker_killed_between_the_message_and_its_row_makes_one_message(phone, zhangwei):
    phone.writes("zhangwei", "打印机坏了")
    phone.writes("zhangwei", "急")
    with worker_process("m12:kill") as first:
        assert first.wait(60) == -signal.SIGKILL
    assert contents("zhangwei") == ["打印机坏了"]
    assert Inbound.objects.filter(settled_at=None).count() == 2
    # As if the minute had passed that the dead one's leases live.
    Inbound.objects.update(claimed_until=None)
    Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    with worker_process():
        until(all_settled, 60, "the second worker")
    assert contents("zhangwei") == ["打印机坏了", "急"]
    assert Inbound.objects.exclude(message=None).count() == 2


def test_what_a_dead_worker_holds_by_a_clock_that_jumped_back_is_free(phone, zhangwei):
    phone.writes("zhangwei", "打印机坏了")
    ahead = timezone.now() + timedelta(hours=1)
    Inbound.objects.update(claimed_until=ahead + turns.CLAIM, received_at=ahead)
    run_due()
    assert contents("zhangwei") == ["打印机坏了"]
