"""How often somebody may do something, with the shared counter there and with it gone."""

import logging
import threading
import time

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client

from accounts import counters, limits

DEAD_REDIS = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": "redis://127.0.0.1:1/0",
        "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 1},
    }
}
NOON = 1_795_406_400  # some whole minute


@pytest.fixture(autouse=True)
def fresh_counters(settings, monkeypatch):
    settings.ROOT_URLCONF = "accounts.tests.addresses"
    settings.RATE_SEND = settings.RATE_LOGIN = "30/m"
    monkeypatch.setattr(limits, "counters", counters.LocalCounters())
    monkeypatch.setattr(limits, "breaker", counters.Breaker())
    cache.clear()


@pytest.fixture
def frozen():
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@pytest.fixture
def redis_gone(settings):
    settings.CACHES = DEAD_REDIS


def sent_by(user):
    browser = Client()
    browser.force_login(user)
    return browser


def statuses(browser, number, **extra):
    return [browser.post("/send", **extra).status_code for _ in range(number)]


def test_it_lets_exactly_thirty_a_minute_through(zhangwei, frozen):
    browser = sent_by(zhangwei)
    assert statuses(browser, 30) == [201] * 30
    assert statuses(browser, 3) == [429] * 3


def test_it_tells_programs_when_to_come_back(zhangwei, frozen):
    browser = sent_by(zhangwei)
    statuses(browser, 30)
    answer = browser.post("/send", headers={"Accept": "application/json"})
    assert answer.json()["error"] == "too_fast"
    assert answer.json()["retry_after"] == int(answer["Retry-After"])
    assert 1 <= int(answer["Retry-After"]) <= 61
    assert answer["Retry-After"] in answer.json()["reason"]


def test_it_answers_our_pages_with_a_fragment(zhangwei, frozen):
    browser = sent_by(zhangwei)
    statuses(browser, 30)
    answer = browser.post("/send", headers={"Accept": "text/html", "HX-Request": "true"})
    assert answer.status_code == 429
    assert 'class="refusal"' in answer.content.decode()
    assert "<html" not in answer.content.decode()


def test_its_retry_after_is_true_to_the_second(zhangwei, frozen):
    browser = sent_by(zhangwei)
    statuses(browser, 30)
    seconds = int(browser.post("/send")["Retry-After"])
    frozen.shift(seconds - 1)
    assert browser.post("/send").status_code == 429
    frozen.shift(1)
    assert browser.post("/send").status_code == 201


def test_it_leaves_other_people_alone(zhangwei, lina, frozen):
    statuses(sent_by(zhangwei), 31)
    assert statuses(sent_by(lina), 30) == [201] * 30


def test_it_counts_a_person_wherever_they_sit(zhangwei, frozen):
    at_home, at_work = sent_by(zhangwei), sent_by(zhangwei)
    statuses(at_home, 20, REMOTE_ADDR="10.0.0.1")
    assert statuses(at_work, 11, REMOTE_ADDR="10.0.0.2") == [201] * 10 + [429]


def test_it_counts_who_is_not_signed_in_by_address(db, frozen):
    browser = Client()
    assert [browser.post("/knock", REMOTE_ADDR="10.0.0.1").status_code for _ in range(31)] == [200] * 30 + [429]
    assert browser.post("/knock", REMOTE_ADDR="10.0.0.2").status_code == 200


@pytest.mark.parametrize("header", ["X-Forwarded-For", "X-Real-IP", "Forwarded", "X-Client-IP"])
def test_it_gives_no_new_count_for_a_forged_header(db, frozen, header):
    browser = Client()
    forged = [browser.post("/knock", headers={header: f"6.6.6.{n}"}).status_code for n in range(50)]
    assert forged == [200] * 30 + [429] * 20


def test_it_does_not_count_reading(zhangwei, frozen):
    browser = sent_by(zhangwei)
    for _ in range(40):
        assert browser.get("/send").status_code == 201
    assert browser.post("/send").status_code == 201


def test_it_survives_an_address_that_is_none(db, frozen):
    assert Client().post("/knock", REMOTE_ADDR="").status_code == 200
    assert Client().post("/knock", REMOTE_ADDR="unix:").status_code == 200


@pytest.mark.usefixtures("redis_gone")
def test_it_lets_sends_through_while_redis_is_gone(zhangwei):
    started = time.monotonic()
    assert statuses(sent_by(zhangwei), 30) == [201] * 30
    assert time.monotonic() - started < 2


@pytest.mark.usefixtures("redis_gone")
def test_it_still_limits_while_redis_is_gone(zhangwei, lina):
    browser = sent_by(zhangwei)
    statuses(browser, 30)
    refused = browser.post("/send")
    assert refused.status_code == 429
    assert 1 <= int(refused["Retry-After"]) <= 60
    assert sent_by(lina).post("/send").status_code == 201


@pytest.mark.usefixtures("redis_gone")
def test_it_logs_a_dead_redis_once_a_minute(zhangwei, caplog, monkeypatch):
    monkeypatch.setattr(limits, "breaker", counters.Breaker(rest=0))  # asks Redis again each time
    with caplog.at_level(logging.WARNING, logger="accounts.limits"):
        statuses(sent_by(zhangwei), 5)
    assert len([line for line in caplog.records if line.name == "accounts.limits"]) == 1


def test_it_goes_back_to_the_shared_count_when_redis_returns(zhangwei, settings, monkeypatch):
    monkeypatch.setattr(limits, "breaker", counters.Breaker(rest=0))
    browser, alive = sent_by(zhangwei), settings.CACHES
    settings.CACHES = DEAD_REDIS
    statuses(browser, 5)
    settings.CACHES = alive
    assert browser.post("/send").status_code == 201
    assert len(limits.counters) == 1  # nothing new was counted here


@pytest.mark.parametrize("gone", [False, True], ids=["shared", "in process"])
def test_it_admits_no_more_than_the_limit_to_twenty_threads(gone, rf, settings, zhangwei, frozen):
    if gone:
        settings.CACHES = DEAD_REDIS
    admitted, start = [], threading.Barrier(20)

    def knock_ten_times():
        start.wait()
        for _ in range(10):
            request = rf.post("/send")
            request.user = zhangwei
            admitted.append(limits.hit(request, "send", "30/m") == 0)

    threads = [threading.Thread(target=knock_ten_times) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(admitted), sum(admitted)) == (200, 30)


def test_it_keeps_the_counts_of_many_people_apart_in_the_cache(rf, frozen):
    """The cache of one process forgets at random when it is full; a limit must outlive a whole company's messages."""
    request = rf.post("/send")
    for _ in range(30):
        limits.hit(request, "send", "30/m", who="user:1")
    for other in range(2, 2002):
        limits.hit(request, "send", "30/m", who=f"user:{other}")
    assert limits.hit(request, "send", "30/m", who="user:1") > 0


def test_it_bounds_its_memory():
    few = counters.LocalCounters(max_keys=100)
    for key in range(1000):
        few.hit(key, 60)
    assert len(few) == 100


def test_it_refuses_to_wrap_an_async_view():
    async def view(request): ...

    with pytest.raises(TypeError, match="sync"):
        limits.limited("send", "RATE_SEND")(view)
