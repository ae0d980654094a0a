"""What the worker tidies up for the whole installation."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from jobs import queue


@pytest.mark.django_db
def test_only_sessions_that_ran_out_are_deleted():
    now = timezone.now()
    for key, left in (("over", -1), ("alive", 1)):
        Session.objects.create(session_key=key, session_data="", expire_date=now + timedelta(minutes=left))
    queue.handlers["clear_sessions"].call()
    assert list(Session.objects.values_list("session_key", flat=True)) == ["alive"]
