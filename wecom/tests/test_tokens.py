"""One token for all workers, however it ends (RELIABILITY R7)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from wecom.client import Client
from wecom.errors import WecomError
from wecom.models import AccessToken

from .conftest import at_once
from .strict_wecom import OUTSIDE

WORKERS = 8


def member(query, body):
    return {"errcode": 0, "userid": query["userid"], "name": "李娜"}


def test_it_fetches_one_token_for_each_revocation_under_eight_workers(strict):
    strict.answers["user/get"] = member
    for revocations in range(6):
        results = at_once(WORKERS, lambda number: [Client().user("lina")["userid"] for _ in range(3)])
        assert results == [["lina"] * 3] * WORKERS
        assert strict.count("gettoken") == 1 + revocations
        strict.revoke()
    refused = strict.count("user/get") - 6 * WORKERS * 3
    assert 0 < refused <= 5 * WORKERS  # each worker hit the dead token once at most


def test_it_fetches_one_token_when_it_is_revoked_in_the_middle_of_the_work(strict):
    calls = []

    def revoked_in_between(query, body):
        calls.append(query)
        if len(calls) in {20, 60}:
            # This answer still goes out; every call after it meets a dead token.
            strict.tokens.append(None)
        return member(query, body)

    strict.answers["user/get"] = revoked_in_between
    Client().user("lina")
    results = at_once(WORKERS, lambda number: [Client().user("lina")["userid"] for _ in range(12)])
    assert results == [["lina"] * 12] * WORKERS
    assert strict.count("gettoken") == 3


def test_it_lets_eight_workers_find_a_wrong_secret_once(strict):
    strict.secret = "another"
    results = at_once(WORKERS, lambda number: Client().user("lina"))
    assert all(isinstance(result, WecomError) for result in results)
    assert {result.code for result in results} <= {40001, "busy"}
    assert strict.count("gettoken") == 1
    for _ in range(20):  # and nobody who presses a button asks again
        with pytest.raises(WecomError) as caught:
            Client().tokens.renew()
        assert caught.value.code == 40001
    assert strict.count("gettoken") == 1


def test_it_renews_a_good_token_when_told_to(strict):
    strict.answers["user/get"] = member
    Client().user("lina")
    Client().tokens.renew()
    assert strict.count("gettoken") == 2


def test_it_keeps_a_good_token_when_renewing_fails_for_a_while(strict):
    strict.answers["user/get"] = member
    Client().user("lina")
    AccessToken.objects.update(refresh_at=timezone.now())
    strict.answers["gettoken"] = strict.no(-1, "system busy")
    assert Client().user("lina")["userid"] == "lina"
    with pytest.raises(WecomError) as caught:
        Client().tokens.renew()
    assert (caught.value.code, caught.value.from_ip) == (-1, OUTSIDE)


@pytest.mark.parametrize("field", ["lease_until", "blocked_until"])
def test_it_does_not_wait_for_a_clock_that_jumped_back(strict, field):
    strict.answers["user/get"] = member
    Client().user("lina")
    tomorrow = timezone.now() + timedelta(days=1)
    AccessToken.objects.update(token="", lease_owner="dead", blocked_code=40001, **{field: tomorrow})
    assert Client().user("lina")["userid"] == "lina"
