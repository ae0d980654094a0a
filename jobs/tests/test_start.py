"""What is refused before a worker runs."""

import pytest
from django.core.checks import run_checks
from django.core.management import CommandError, call_command

from jobs import queue


def complaints(name):
    return [error.msg for error in run_checks() if error.id == "jobs.E001" and name in error.msg]


def test_a_declared_name_without_a_handler_fails_the_check(handle):
    queue.declare("answer_message")
    assert len(complaints("answer_message")) == 1
    handle("answer_message", lambda: None)
    assert complaints("answer_message") == []


def test_two_handlers_of_one_name_are_refused(handle):
    handle("push", str)
    with pytest.raises(ValueError, match="push"):
        handle("push", int)


def test_a_separate_worker_is_refused_without_redis(settings):
    settings.REDIS_URL = ""
    with pytest.raises(CommandError, match="the worker runs inside serve without Redis"):
        call_command("work")
