"""A frequency limit is waited out by everybody together, and only for the call that met it (WECOM 1)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from wecom.client import Client
from wecom.errors import WecomError
from wecom.models import ApiLimit

from .conftest import at_once


@pytest.fixture
def limited(strict):
    strict.answers["user/get"] = strict.no(45009, "api freq out of limit")
    strict.answers["department/get"] = {"errcode": 0, "department": {"id": 1, "name": "总部"}}
    return strict


def fail():
    with pytest.raises(WecomError) as caught:
        Client().user("lina")
    assert caught.value.code == 45009
    return caught.value


def pass_by():
    """As if the pause were over now."""
    ApiLimit.objects.update(until=timezone.now() - timedelta(milliseconds=1))


def test_it_asks_no_more_until_the_pause_is_over(limited):
    for _ in range(5):
        assert 0 < fail().retry_after <= 60
    assert limited.count("user/get") == 1
    assert Client().department(1)["name"] == "总部"
    pass_by()
    limited.answers["user/get"] = {"errcode": 0, "userid": "lina"}
    assert Client().user("lina")["userid"] == "lina"


def test_it_waits_longer_each_time_it_comes_too_early(limited):
    for seconds in (60, 120, 240, 480, 900, 900):
        fail()
        assert ApiLimit.objects.get().seconds == seconds
        pass_by()
    ApiLimit.objects.update(until=timezone.now() - timedelta(seconds=901))
    fail()
    assert ApiLimit.objects.get().seconds == 60


def test_it_counts_eight_refusals_at_once_as_one(limited):
    Client().department(1)
    fail()
    pass_by()
    at_once(8, lambda number: Client().user("lina"))
    assert ApiLimit.objects.get().seconds == 120


def test_it_leaves_a_blocked_address_alone_for_ten_minutes(strict):
    strict.answers["gettoken"] = strict.no(45009, "ip blocked")
    for _ in range(5):
        assert fail().retry_after <= 600
    assert strict.count("gettoken") == 1


def test_it_does_not_wait_for_a_clock_that_jumped_back(limited):
    fail()
    ApiLimit.objects.update(until=timezone.now() + timedelta(days=1))
    fail()
    assert limited.count("user/get") == 2
    assert ApiLimit.objects.get().until < timezone.now() + timedelta(seconds=130)
